//! Why a statement that changes a meeting changed none.

use eleva::{
    database::{Error, Statement, Transaction},
    http::{FieldError, Problem},
};
use jiff::Timestamp;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    changes::Changes,
    meeting::{Meeting, meeting_columns},
    start::{Start, first_moment, given_start},
    unmade::skipped,
};

const WHY: &str = concat!(
    "
    with clock as (
        select m.start_time, m.timezone, $2::timestamp as reading
        from meetings m
        where m.id = $1
    )
    select coalesce(",
    given_start!(),
    ", ",
    first_moment!(),
    ") as asked_start,
           m.org_id = (select app.org_id())
             and ((select app.role()) in ('owner', 'admin') or m.workos_user_id = (select app.user_id())) as is_own,
           ",
    meeting_columns!(),
    "
    from meetings m
    cross join clock
    where m.id = $1"
);

/// The meeting, if it is as it is asked to be. Asked afterwards and in the same transaction: the statement itself was the
/// check.
///
/// Errors: `not_found` where it is not there to be seen, `forbidden` where it is but somebody else's to change,
/// `invalid` where its status is final or clocks skip the time.
pub(crate) async fn why(transaction: &mut Transaction<'_>, id: Uuid, changes: &Changes) -> Result<Meeting, Problem> {
    let (moment, reading) = Start::parameters(changes.start);
    let row = transaction
        .query_optional(Statement::new(
            WHY,
            &[(&id, Type::UUID), (&reading, Type::TIMESTAMP), (&moment, Type::TIMESTAMPTZ)],
        ))
        .await?
        .ok_or_else(|| Problem::not_visible(id))?;
    let meeting = Meeting::from_row(&row)?;
    let is_own: bool = row.try_get("is_own").map_err(Error::from)?;
    let asked_start: Option<Timestamp> = row.try_get("asked_start").map_err(Error::from)?;
    if !is_own {
        return Err(Problem::forbidden().with_detail("This meeting is another expert's."));
    }
    let is_asked_otherwise = changes.change_status_of(&meeting) || asked_start != Some(meeting.start_time);
    match asked_start {
        _ if meeting.status.is_final() && is_asked_otherwise => Err(Problem::invalid(vec![is_final(&meeting)])),
        None => Err(Problem::invalid(vec![skipped()])),
        Some(_) => Ok(meeting),
    }
}

fn is_final(meeting: &Meeting) -> FieldError {
    let name = crate::wording::status(&meeting.status).to_lowercase();
    FieldError::new("status", format!("The meeting is {name}, and that is final: neither this nor its time changes."))
}
