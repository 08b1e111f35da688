//! The page of exports: what there is, with the ways to its files, and the form that asks for another one. Three
//! statements, one flight.

use askama::Template;
use eleva::{
    App, Session,
    audit::{Action, Category, ResourceType},
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Problem, Reply, Request, instant},
    identity,
    members::{self, Member},
    page::{Layout, Section, Viewer},
};
use http::StatusCode;

use super::{
    export::Export,
    failure::{Failure, Remedy},
    form::ExportForm,
    list::{Filter, LIST, viewed},
    status::Status,
    wording as words,
};
use crate::{signing_keys, wording};

#[derive(Template)]
#[template(path = "exports.html")]
struct ExportsPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    exports: &'a [Export],
    members: &'a [Member],
    is_continued: bool,
    older: Option<String>,
    form: &'a ExportForm,
    /// The fingerprint of the key that signs manifests.
    fingerprint: String,
}

/// Reads the list, records that it was seen, and renders it with `form`.
pub(crate) async fn reply(
    app: &App,
    session: &Session,
    scope: &OrganizationScope<'_>,
    request: &Request,
    filter: &Filter,
    form: ExportForm,
    status: StatusCode,
) -> Result<Reply, Problem> {
    let parameters = filter.parameters();
    let (exports, next_cursor, viewer, members) = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let statements = [Statement::new(LIST, &parameters), identity::viewer_statement(), members::statement()];
            let [exports, viewer, members] = transaction.query_all(statements).await?;
            let membership = transaction.membership().ok_or(Error::Shape("a membership"))?;
            let viewer = identity::viewer(session, membership, &viewer)?;
            let mut exports = Export::from_rows(&exports)?;
            let next_cursor = filter.next_cursor(&mut exports)?;
            transaction.audit(viewed(request, exports.len()));
            Ok::<_, Problem>((exports, next_cursor, viewer, members::from_rows(&members)?))
        })
        .await?;
    let page = ExportsPage {
        layout: Layout::new("Exports of the audit log", Section::Audit, &viewer),
        viewer: &viewer,
        exports: &exports,
        members: &members,
        is_continued: filter.is_continued(),
        older: next_cursor.map(|cursor| filter.path_after(&cursor)),
        form: &form,
        fingerprint: signing_keys::fingerprint_in_force(app)?,
    };
    Reply::page(status, &page)
}

impl ExportsPage<'_> {
    /// Whether some of them are going to look different soon.
    fn has_unfinished(&self) -> bool {
        self.exports.iter().any(|export| !export.status.is_final())
    }
}

/// Who asked for an export.
pub(crate) fn who<'a>(members: &'a [Member], export: &'a Export) -> &'a str {
    match &export.workos_user_id {
        // The table outlasts memberships, and then the id is all there is.
        Some(id) => members::name(members, id).unwrap_or(id),
        None => "Monthly schedule",
    }
}
