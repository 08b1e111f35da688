//! `GET /records/{id}`: one record, with what it says. One round trip once the connection is up.

use eleva::{
    App, Session,
    audit::EntryRow,
    database::{OrganizationScope, Statement},
    http::{Problem, Reply, Request},
    permission::Permission,
    phi::{OrganizationKeys, keys_statement},
};
use http::StatusCode;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    asked::Asked,
    opened::OpenedRecord,
    record::record_columns,
    record_page,
    sealed::{SealedRecord, sealed_columns, viewed},
    undecryptable::{self, Broken},
};

/// One record of the caller's, and the row of the trail that says so.
pub(crate) const ONE: &str = concat!(
    "select ",
    record_columns!(),
    ", ",
    sealed_columns!(),
    "
    from records r
    left join meetings m on m.id = r.meeting_id
    where r.id = $11"
);

/// The parameters of [`ONE`].
pub(crate) fn parameters<'a>(viewed: &'a EntryRow<'_>, id: &'a Uuid) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    let mut parameters = viewed.parameters();
    parameters.push((id, Type::UUID));
    parameters
}

/// Answers with one record. Its page is the form that changes it.
pub(crate) async fn show(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::RecordsRead)?;
    if request.wants_page() {
        return record_page::reply(Asked { app, session: &session, scope: &scope, request }, id).await;
    }
    let viewed = viewed(request);
    let viewed = viewed.row();
    let parameters = parameters(&viewed, &id);
    let (membership, [rows, keys]) = scope.read_recorded([Statement::new(ONE, &parameters), keys_statement()]).await?;
    let keys = OrganizationKeys::from_rows(app.master_keys()?, membership.organization_id, &keys)?;
    let row = rows.first().ok_or_else(|| Problem::not_visible(id))?;
    let record = open(&scope, request, &keys, row).await?.map_err(Broken::into_problem)?;
    Reply::json(StatusCode::OK, &record)
}

/// Opens an answered record. That it does not open is recorded before it is said. Errors: it cannot be recorded.
pub(crate) async fn open(
    scope: &OrganizationScope<'_>,
    request: &Request,
    keys: &OrganizationKeys,
    row: &Row,
) -> Result<Result<OpenedRecord, Broken>, Problem> {
    let opened = SealedRecord::from_row(row)?.open(keys);
    undecryptable::record(scope, request, opened.as_ref().err()).await?;
    Ok(opened)
}
