//! `PUT /records/{id}`.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Input, Problem, Reply, Request},
    permission::Permission,
    phi::{Field, Place, key_for_writing, keys_statement},
};
use http::StatusCode;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::{
    asked::Asked,
    draft::Revision,
    envelopes::Envelopes,
    form::{RecordForm, is_correctable},
    record::{Record, record_columns},
    record_page, stale_page,
    unsaved_page::{self, is_passing},
};

/// What a new version is sealed to.
const PLACE: &str = "
    select org_id, meeting_id, expert_id
    from records
    where id = $1";

/// The version decides, here and nowhere else: of several who have read the same one, the first takes it. The database
/// keeps what was before.
const UPDATE: &str = concat!(
    "
    with r as (
        update records
        set encrypted_content = $3,
            encrypted_metadata = $4,
            version = version + 1
        where id = $1
          and version = $2
        returning id, meeting_id, version, created_at, last_modified_at
    )
    select ",
    record_columns!(),
    "
    from r
    left join meetings m on m.id = r.meeting_id"
);

/// Changes a record. A form that needs correcting comes back with what was typed; one that was made of an earlier version
/// comes back beside the newer one, and one that is to be sent once more as it was.
pub(crate) async fn update(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let scope = app.organization(&session, Permission::RecordsWrite)?;
    let (problem, sent) = match (update_in(app, &scope, request, id).await, request.form()) {
        (Ok(record), Some(_)) => return Ok(Reply::see_other(app.public_url().join(&record.path()))),
        (Ok(record), None) => return Reply::json(StatusCode::OK, &record),
        (Err(problem), Some(sent)) if request.wants_page() => (problem, sent),
        (Err(problem), _) => return Err(problem),
    };
    if is_passing(&problem) {
        return unsaved_page::reply(request, &format!("/records/{id}"), sent, problem);
    }
    let is_stale = problem.code() == "version_conflict";
    if !is_stale && !is_correctable(&problem) {
        return Err(problem);
    }
    let (status, form) = (problem.status(), RecordForm::refused(sent, problem));
    let scope = app.organization(&session, Permission::RecordsRead)?;
    let asked = Asked { app, session: &session, scope: &scope, request };
    match is_stale {
        true => stale_page::reply(asked, id, status, form).await,
        false => record_page::refused(asked, id, status, form).await,
    }
}

async fn update_in(app: &App, scope: &OrganizationScope<'_>, request: &Request, id: Uuid) -> Result<Record, Problem> {
    let Revision { draft, version } = Revision::read(&Input::of(request)?)?;
    // There is no version before the last: whoever says so has read none.
    let next = version.checked_add(1).ok_or_else(Problem::version_conflict)?;
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let place = [(&id as &(dyn ToSql + Sync), Type::UUID)];
            let [found, keys] = transaction.query_all([Statement::new(PLACE, &place), keys_statement()]).await?;
            let row = found.first().ok_or_else(|| Problem::not_visible(id))?;
            let org_id = row.try_get("org_id").map_err(Error::from)?;
            let place = Place {
                field: Field::RecordContent,
                org_id,
                row_id: id,
                meeting_id: row.try_get("meeting_id").map_err(Error::from)?,
                author: row.try_get("expert_id").map_err(Error::from)?,
                version: next,
            };
            let key = key_for_writing(app, transaction, org_id, &keys).await?;
            let sealed = Envelopes::seal(&draft, &key, app.entropy(), place).map_err(Problem::internal)?;
            let updated = transaction
                .query_optional(Statement::new(
                    UPDATE,
                    &[
                        (&id, Type::UUID),
                        (&version, Type::INT4),
                        (&sealed.content, Type::BYTEA),
                        (&sealed.metadata, Type::BYTEA),
                    ],
                ))
                .await?;
            let record = Record::from_row(&updated.ok_or_else(Problem::version_conflict)?)?;
            let updated = Entry::new(request, Action::MedicalRecordUpdated, Resource::medical_record(id));
            transaction.audit(sealed.recorded(updated, record.version));
            Ok(record)
        })
        .await
}
