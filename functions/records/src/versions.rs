//! `GET /records/{id}/versions`: the history of a record, newest first, the current version among it. Without what they
//! say.

use eleva::{
    App, Session,
    database::{Error, Statement},
    http::{Limit, Problem, Reply, Request, form},
    permission::Permission,
};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    asked::Asked,
    cursor::{decode_version, encode_version},
    record::Record,
    versions_page,
};

/// `union`, not `union all`: an author may keep the current version among the earlier ones too.
pub(crate) const VERSIONS: &str = "
    select v.version, v.last_modified_at,
           to_char(
             v.last_modified_at at time zone (select timezone from organizations where id = (select app.org_id())),
             'FMDD Mon YYYY, HH24:MI'
           ) as modified_on
    from (
        select version, last_modified_at
        from records
        where id = $1
        union
        select version, last_modified_at
        from record_versions
        where record_id = $1
    ) v
    where $2::integer is null or v.version < $2
    order by v.version desc
    limit $3";

const IS_VISIBLE: &str = "
    select
    from records
    where id = $1";

/// One version.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Version {
    pub(crate) version: i32,
    pub(crate) last_modified_at: Timestamp,
    /// `last_modified_at` on the organization's clocks, for people.
    #[serde(skip)]
    pub(crate) modified_on: String,
}

#[derive(Serialize)]
struct VersionList {
    items: Vec<Version>,
    next_cursor: Option<String>,
}

/// Answers with the history.
pub(crate) async fn show(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::RecordsRead)?;
    let limit = Limit::read(request.query())?;
    let before = request.query().optional("cursor")?.map(decode_version).transpose()?;
    if request.wants_page() {
        let asked = Asked { app, session: &session, scope: &scope, request };
        return versions_page::reply(asked, id, &limit, before).await;
    }
    let (history, visible) = (parameters(&id, &before, &limit), is_visible_parameter(&id));
    let (_, [versions, visible]) =
        scope.read_all([Statement::new(VERSIONS, &history), is_visible_statement(&visible)]).await?;
    visible.first().ok_or_else(|| Problem::not_visible(id))?;
    let mut items = Version::from_rows(&versions)?;
    let next_cursor = next_cursor(&limit, &mut items)?;
    Reply::json(StatusCode::OK, &VersionList { items, next_cursor })
}

/// Takes the version beyond the limit off the page, and gives the cursor of the next one if there is one.
pub(crate) fn next_cursor(limit: &Limit, versions: &mut Vec<Version>) -> Result<Option<String>, Problem> {
    limit.cut(versions).map(|last| encode_version(last.version)).transpose()
}

/// The address of the page of a record's history that begins after `cursor`.
pub(crate) fn path_after(record: &Record, limit: &Limit, cursor: &str) -> String {
    format!("{}/versions?limit={limit}&cursor={}", record.path(), form::encode(cursor))
}

/// The parameters of [`VERSIONS`].
pub(crate) fn parameters<'a>(
    id: &'a Uuid,
    before: &'a Option<i32>,
    limit: &'a Limit,
) -> [(&'a (dyn ToSql + Sync), Type); 3] {
    [(id, Type::UUID), (before, Type::INT4), (limit.fetched(), Type::INT8)]
}

/// The parameter of [`is_visible_statement`].
pub(crate) fn is_visible_parameter(id: &Uuid) -> [(&(dyn ToSql + Sync), Type); 1] {
    [(id, Type::UUID)]
}

/// The statement that gives a row if the record is the caller's.
pub(crate) fn is_visible_statement<'a>(parameter: &'a [(&'a (dyn ToSql + Sync), Type); 1]) -> Statement<'a> {
    Statement::new(IS_VISIBLE, parameter)
}

impl Version {
    /// Reads rows of [`VERSIONS`].
    pub(crate) fn from_rows(rows: &[Row]) -> Result<Vec<Self>, Problem> {
        let versions: Result<Vec<Self>, tokio_postgres::Error> = rows.iter().map(Self::from_row).collect();
        versions.map_err(|error| Problem::internal(Error::from(error)))
    }

    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            version: row.try_get("version")?,
            last_modified_at: row.try_get("last_modified_at")?,
            modified_on: row.try_get("modified_on")?,
        })
    }
}
