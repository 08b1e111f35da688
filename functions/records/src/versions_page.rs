//! The page of a record's history.

use askama::Template;
use eleva::{
    database::Statement,
    http::{Limit, Problem, Reply},
    identity,
    page::{Layout, Section, Viewer},
};
use http::StatusCode;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::{
    asked::Asked,
    record::Record,
    record_page::SUMMARY,
    versions::{self, VERSIONS, Version},
};

#[derive(Template)]
#[template(path = "versions.html")]
struct VersionsPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    record: &'a Record,
    history: &'a [Version],
    /// Where the older ones are.
    older: Option<String>,
}

/// Reads a page of the history, of versions before `before`, and renders it.
pub(crate) async fn reply(asked: Asked<'_>, id: Uuid, limit: &Limit, before: Option<i32>) -> Result<Reply, Problem> {
    let summary: [(&(dyn ToSql + Sync), Type); 1] = [(&id, Type::UUID)];
    let history = versions::parameters(&id, &before, limit);
    let statements =
        [Statement::new(SUMMARY, &summary), Statement::new(VERSIONS, &history), identity::viewer_statement()];
    let (membership, [record, history, viewer]) = asked.scope.read_all(statements).await?;
    let record = record.first().ok_or_else(|| Problem::not_visible(id)).and_then(Record::from_row)?;
    let viewer = identity::viewer(asked.session, &membership, &viewer)?;
    let mut history = Version::from_rows(&history)?;
    let older = versions::next_cursor(limit, &mut history)?.map(|cursor| versions::path_after(&record, limit, &cursor));
    let page = VersionsPage {
        layout: Layout::new("History of a record", Section::Records, &viewer),
        viewer: &viewer,
        record: &record,
        history: &history,
        older,
    };
    Reply::page(StatusCode::OK, &page)
}
