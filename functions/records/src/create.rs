//! `POST /meetings/{meeting_id}/records`.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Input, Problem, Reply, Request},
    permission::Permission,
    phi::{Field, Place, key_for_writing, keys_statement},
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::{Builder, Uuid};

use crate::{
    asked::Asked,
    draft::Draft,
    envelopes::Envelopes,
    filter::Page,
    form::{RecordForm, is_correctable},
    meeting::{self, Meeting},
    meeting_page,
    record::{Record, record_columns},
    unsaved_page::{self, is_passing},
};

/// The author, the organization and the guest's address are the meeting's. Row-level security takes it from its expert
/// only.
const INSERT: &str = concat!(
    "
    with m as (
        select id, org_id, workos_user_id, guest_email, guest_name
        from meetings
        where id = $1
    ), r as (
        insert into records (id, org_id, meeting_id, expert_id, guest_email, encrypted_content, encrypted_metadata)
        select $2, m.org_id, m.id, m.workos_user_id, m.guest_email, $3, $4
        from m
        returning id, meeting_id, version, created_at, last_modified_at
    )
    select ",
    record_columns!(),
    "
    from r
    join m on m.id = r.meeting_id"
);

/// Writes a record about a meeting of the caller's. A form that needs correcting comes back with what was typed, and so
/// does one that is to be sent once more.
pub(crate) async fn create(app: &App, request: &Request, meeting_id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let scope = app.organization(&session, Permission::RecordsWrite)?;
    match (create_in(app, &session, &scope, request, meeting_id).await, request.form()) {
        (Ok(record), Some(_)) => Ok(Reply::see_other(app.public_url().join(&record.path()))),
        (Ok(record), None) => {
            let location = app.public_url().join(&record.path());
            Ok(Reply::json(StatusCode::CREATED, &record)?.with_header("location", location))
        }
        (Err(problem), Some(sent)) if request.wants_page() && is_passing(&problem) => {
            unsaved_page::reply(request, &format!("/meetings/{meeting_id}/records"), sent, problem)
        }
        (Err(problem), Some(sent)) if request.wants_page() && is_correctable(&problem) => {
            let (status, form) = (problem.status(), RecordForm::refused(sent, problem));
            let scope = app.organization(&session, Permission::RecordsRead)?;
            let asked = Asked { app, session: &session, scope: &scope, request };
            meeting_page::reply(asked, meeting_id, &Page::default(), status, form).await
        }
        (Err(problem), _) => Err(problem),
    }
}

async fn create_in(
    app: &App,
    session: &Session,
    scope: &OrganizationScope<'_>,
    request: &Request,
    meeting_id: Uuid,
) -> Result<Record, Problem> {
    let draft = Draft::read(&Input::of(request)?)?;
    let id = Builder::from_random_bytes(app.entropy().bytes().map_err(Problem::internal)?).into_uuid();
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let parameter = meeting::parameter(&meeting_id);
            let [meeting, keys] = transaction.query_all([meeting::statement(&parameter), keys_statement()]).await?;
            let org_id = transaction.membership().ok_or(Error::Shape("a membership"))?.organization_id;
            let meeting = Meeting::from_rows(meeting_id, &meeting)?;
            if !meeting.is_of(session.user_id(), org_id) {
                return Err(Problem::forbidden().with_detail("Only the meeting's expert writes records about it."));
            }
            let key = key_for_writing(app, transaction, org_id, &keys).await?;
            let place = Place {
                field: Field::RecordContent,
                org_id,
                row_id: id,
                meeting_id,
                author: &meeting.workos_user_id,
                version: 1,
            };
            let sealed = Envelopes::seal(&draft, &key, app.entropy(), place).map_err(Problem::internal)?;
            let inserted = transaction
                .query_optional(Statement::new(
                    INSERT,
                    &[
                        (&meeting_id, Type::UUID),
                        (&id, Type::UUID),
                        (&sealed.content, Type::BYTEA),
                        (&sealed.metadata, Type::BYTEA),
                    ],
                ))
                .await?;
            let record = Record::from_row(&inserted.ok_or(Error::Shape("the new record"))?)?;
            let created = Entry::new(request, Action::MedicalRecordCreated, Resource::medical_record(id));
            transaction.audit(sealed.recorded(created.after(&record), record.version));
            Ok(record)
        })
        .await
}
