//! The page of one export: how far it is, what it is of, and its files. Three statements, one flight.

use askama::Template;
use eleva::{
    App, Session,
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Problem, Reply, Request, instant},
    identity,
    members::{self, Member},
    page::{Layout, Section, Viewer},
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::{
    export::Export,
    failure::{Failure, Remedy},
    list_page::who,
    show::{ONE, viewed},
    status::Status,
    wording as words,
};
use crate::{signing_keys, wording};

#[derive(Template)]
#[template(path = "export.html")]
struct ExportPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    export: &'a Export,
    members: &'a [Member],
    /// The fingerprint of the key that signs manifests.
    fingerprint: String,
}

/// Reads the export, records that it was seen, and renders it.
pub(crate) async fn reply(
    app: &App,
    session: &Session,
    scope: &OrganizationScope<'_>,
    request: &Request,
    id: Uuid,
) -> Result<Reply, Problem> {
    let (export, viewer, members) = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let parameters = [(&id as _, Type::UUID)];
            let statements = [Statement::new(ONE, &parameters), identity::viewer_statement(), members::statement()];
            let [export, viewer, members] = transaction.query_all(statements).await?;
            let export = Export::from_row(export.first().ok_or_else(|| Problem::not_visible(id))?)?;
            let membership = transaction.membership().ok_or(Error::Shape("a membership"))?;
            let viewer = identity::viewer(session, membership, &viewer)?;
            transaction.audit(viewed(request, id));
            Ok::<_, Problem>((export, viewer, members::from_rows(&members)?))
        })
        .await?;
    let page = ExportPage {
        layout: Layout::new("Export of the audit log", Section::Audit, &viewer),
        viewer: &viewer,
        export: &export,
        members: &members,
        fingerprint: signing_keys::fingerprint_in_force(app)?,
    };
    Reply::page(StatusCode::OK, &page)
}
