//! Why a statement that makes a meeting made none.

use eleva::{
    database::{Error, Statement, Transaction},
    http::{FieldError, Problem},
};
use tokio_postgres::types::Type;

use crate::{
    field::TIMEZONE_RULE,
    new_meeting::NewMeeting,
    start::{Start, first_moment},
};

const WHY: &str = concat!(
    "
    with clock as materialized (
        select $2::timestamp as reading, $3::text as timezone
        where app.is_time_zone($3)
    )
    select exists (select from clock) as is_time_zone,
           (select e.is_active from events e where e.id = $1) as is_active,
           ",
    first_moment!(),
    " is not null as is_shown"
);

/// `invalid`, with everything that was wrong. Asked afterwards and in the same transaction: the statement itself was the
/// check.
pub(crate) async fn why(transaction: &mut Transaction<'_>, meeting: &NewMeeting) -> Result<Problem, Problem> {
    let (_, reading) = Start::parameters(Some(meeting.start));
    let row = transaction
        .query_optional(Statement::new(
            WHY,
            &[(&meeting.event_id, Type::UUID), (&reading, Type::TIMESTAMP), (&meeting.timezone, Type::TEXT)],
        ))
        .await?
        .ok_or(Error::Shape("one row"))?;
    let is_time_zone: bool = row.try_get("is_time_zone").map_err(Error::from)?;
    let is_active: Option<bool> = row.try_get("is_active").map_err(Error::from)?;
    let is_shown: bool = row.try_get("is_shown").map_err(Error::from)?;
    let mut errors = Vec::new();
    match is_active {
        None => errors.push(FieldError::new("event_id", "There is no such event in this organization.")),
        Some(false) => errors.push(FieldError::new("event_id", "This event is deactivated and cannot be booked.")),
        Some(true) => {}
    }
    if reading.is_some() && is_time_zone && !is_shown {
        errors.push(skipped());
    }
    if !is_time_zone {
        errors.push(FieldError::new("timezone", TIMEZONE_RULE));
    }
    if errors.is_empty() {
        // The event was deactivated and activated again between the two statements.
        return Err(Problem::unavailable("a meeting was not made, and nothing stands in its way any more"));
    }
    Ok(Problem::invalid(errors))
}

/// What to say of a reading that clocks skip when they are set forward.
pub(crate) fn skipped() -> FieldError {
    FieldError::new("start_time", "Clocks skip this time on that day: they are set forward. Choose another time.")
}
