//! `PATCH /meetings/{id}`.

use eleva::{
    App, Session,
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Input, Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    changes::Changes,
    form::{ChangeForm, is_correctable},
    meeting::{Meeting, meeting_columns},
    meeting_page,
    start::{Start, first_moment, given_start},
    status::Status,
    trail::{self, Before},
    unchanged,
};

/// Check and change in one: a meeting whose status is final takes no other status and no other time, and one that is as
/// it is asked to be is left alone. A reading that the guest's clocks show then already leaves the time as it is: a form
/// gives minutes, and one of two readings alike. Gives the meeting as it was, too: the trail keeps what changed.
const UPDATE: &str = concat!(
    "
    with clock as (
        select m.id, m.status, m.start_time, m.end_time, m.timezone, m.meeting_url, $4::timestamp as reading
        from meetings m
        where m.id = $1
        for no key update
    ),
    asked as (
        select clock.id,
               coalesce($2::text, clock.status) as status,
               coalesce(",
    given_start!(),
    ", ",
    first_moment!(),
    ") as start_time,
               case when $5::boolean then $6::text else clock.meeting_url end as meeting_url
        from clock
    )
    update meetings m
    set status = asked.status,
        start_time = asked.start_time,
        meeting_url = asked.meeting_url
    from clock
    join asked on asked.id = clock.id
    where m.id = clock.id
      and asked.start_time is not null
      and (clock.status = 'scheduled' or (asked.status, asked.start_time) = (clock.status, clock.start_time))
      and (asked.status, asked.start_time, asked.meeting_url)
          is distinct from (clock.status, clock.start_time, clock.meeting_url)
    returning clock.status as old_status, clock.start_time as old_start, clock.end_time as old_end,
              clock.meeting_url as old_url, ",
    meeting_columns!()
);

/// Changes a meeting. A form that needs correcting comes back with what was typed.
pub(crate) async fn update(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let scope = app.organization(&session, Permission::MeetingsWrite)?;
    match (update_in(&scope, request, id).await, request.form()) {
        (Ok(meeting), Some(_)) => Ok(Reply::see_other(app.public_url().join(&meeting.path()))),
        (Ok(meeting), None) => Reply::json(StatusCode::OK, &meeting),
        (Err(problem), Some(sent)) if request.wants_page() && is_correctable(&problem) => {
            let refused = (problem.status(), ChangeForm::refused(sent, problem));
            let scope = app.organization(&session, Permission::MeetingsRead)?;
            meeting_page::reply(app, &session, &scope, request, id, Some(refused)).await
        }
        (Err(problem), _) => Err(problem),
    }
}

async fn update_in(scope: &OrganizationScope<'_>, request: &Request, id: Uuid) -> Result<Meeting, Problem> {
    let changes = Changes::read(&Input::of(request)?)?;
    let status = changes.status.map(Status::as_str);
    let (moment, reading) = Start::parameters(changes.start);
    let (sets_url, url) = (changes.meeting_url.is_some(), changes.meeting_url.as_ref().and_then(Option::as_ref));
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let parameters: [(&(dyn ToSql + Sync), Type); 6] = [
                (&id, Type::UUID),
                (&status, Type::TEXT),
                (&moment, Type::TIMESTAMPTZ),
                (&reading, Type::TIMESTAMP),
                (&sets_url, Type::BOOL),
                (&url, Type::TEXT),
            ];
            let Some(row) = transaction.query_optional(Statement::new(UPDATE, &parameters)).await? else {
                return unchanged::why(transaction, id, &changes).await;
            };
            let meeting = Meeting::from_row(&row)?;
            trail::changed(transaction, request, &before(&row)?, &meeting);
            Ok(meeting)
        })
        .await
}

fn before(row: &Row) -> Result<Before, Error> {
    let status = Status::parse(row.try_get("old_status")?).ok_or(Error::Shape("a meeting's status"))?;
    let (start_time, end_time): (Timestamp, Timestamp) = (row.try_get("old_start")?, row.try_get("old_end")?);
    let values = json!({"start_time": start_time, "end_time": end_time});
    Ok(Before { values, status, meeting_url: row.try_get("old_url")? })
}
