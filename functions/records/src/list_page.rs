//! The page of the list: whose meetings there are records of, and the way to each.

use askama::Template;
use eleva::{
    Session,
    database::{OrganizationScope, Statement},
    http::{Problem, Reply},
    identity,
    page::{Layout, Section, Viewer},
};
use http::StatusCode;

use crate::{
    filter::Filter,
    list::{LIST, parameters},
    record::Record,
};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    filter: &'a Filter,
    records: &'a [Record],
    next: Option<String>,
}

/// Reads the list and renders it.
pub(crate) async fn reply(session: &Session, scope: &OrganizationScope<'_>, filter: &Filter) -> Result<Reply, Problem> {
    let parameters = parameters(filter);
    let statements = [Statement::new(LIST, &parameters), identity::viewer_statement()];
    let (membership, [records, viewer]) = scope.read_all(statements).await?;
    let mut records = Record::from_rows(&records)?;
    let next = filter.next_cursor(&mut records)?.map(|cursor| filter.path_after(&cursor));
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let layout = Layout::new("Records", Section::Records, &viewer);
    Reply::page(StatusCode::OK, &ListPage { layout, viewer: &viewer, filter, records: &records, next })
}
