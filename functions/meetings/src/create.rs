//! `POST /meetings`.

use eleva::{
    App, Session,
    database::{OrganizationScope, Statement, Transaction},
    http::{Input, Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::{Builder, Uuid};

use crate::{
    filter::Filter,
    form::{MeetingForm, is_correctable},
    list_page,
    meeting::{Meeting, meeting_columns},
    new_meeting::NewMeeting,
    notes,
    start::{Start, first_moment},
    trail, unmade,
};

/// Makes the meeting if everything that it names is there: the event, active, the time zone, and a moment at which
/// clocks show the reading. Whether the event is the caller's to book, row-level security says; end, price and currency
/// come from the event by trigger.
const INSERT: &str = concat!(
    "
    with clock as materialized (
        select $4::timestamp as reading, $5::text as timezone
        where app.is_time_zone($5)
    ),
    start as (
        select timezone, coalesce($3::timestamptz, ",
    first_moment!(),
    ") as moment
        from clock
    )
    insert into meetings as m
        (id, org_id, event_id, workos_user_id, guest_email, guest_name, encrypted_guest_notes, start_time, timezone)
    select $1, e.org_id, e.id, e.workos_user_id, $6, $7, $8, start.moment, start.timezone
    from events e
    cross join start
    where e.id = $2
      and e.is_active
      and start.moment is not null
    returning ",
    meeting_columns!()
);

/// Makes a meeting. A form that needs correcting comes back with what was typed.
pub(crate) async fn create(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let scope = app.organization(&session, Permission::MeetingsWrite)?;
    match (create_in(app, &scope, request).await, request.form()) {
        (Ok(meeting), Some(_)) => Ok(Reply::see_other(app.public_url().join(&meeting.path()))),
        (Ok(meeting), None) => {
            let location = app.public_url().join(&meeting.path());
            Ok(Reply::json(StatusCode::CREATED, &meeting)?.with_header("location", location))
        }
        (Err(problem), Some(sent)) if request.wants_page() && is_correctable(&problem) => {
            let (status, form) = (problem.status(), MeetingForm::refused(sent, problem));
            let scope = app.organization(&session, Permission::MeetingsRead)?;
            list_page::reply(app, &session, &scope, Filter::default(), form, status).await
        }
        (Err(problem), _) => Err(problem),
    }
}

async fn create_in(app: &App, scope: &OrganizationScope<'_>, request: &Request) -> Result<Meeting, Problem> {
    let meeting = NewMeeting::read(&Input::of(request)?)?;
    // Chosen here because notes are sealed to it.
    let id = Builder::from_random_bytes(app.entropy().bytes().map_err(Problem::internal)?).into_uuid();
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let notes = match &meeting.guest_notes {
                Some(notes) => notes::seal(app, transaction, id, meeting.event_id, notes).await?,
                None => None,
            };
            let made = insert(transaction, id, &meeting, notes.as_deref()).await?;
            let Some(made) = made else { return Err(unmade::why(transaction, &meeting).await?) };
            transaction.audit(trail::created(request, &made, notes.as_deref()));
            Ok(made)
        })
        .await
}

async fn insert(
    transaction: &mut Transaction<'_>,
    id: Uuid,
    meeting: &NewMeeting,
    notes: Option<&[u8]>,
) -> Result<Option<Meeting>, Problem> {
    let (moment, reading) = Start::parameters(Some(meeting.start));
    let row = transaction
        .query_optional(Statement::new(
            INSERT,
            &[
                (&id, Type::UUID),
                (&meeting.event_id, Type::UUID),
                (&moment, Type::TIMESTAMPTZ),
                (&reading, Type::TIMESTAMP),
                (&meeting.timezone, Type::TEXT),
                (&meeting.guest_email, Type::TEXT),
                (&meeting.guest_name, Type::TEXT),
                (&notes, Type::BYTEA),
            ],
        ))
        .await?;
    Ok(row.as_ref().map(Meeting::from_row).transpose()?)
}
