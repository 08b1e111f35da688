//! The page of one version of a record.

use askama::Template;
use eleva::{
    database::Statement,
    http::{Problem, Reply},
    identity,
    page::{Layout, Section, Viewer},
    phi::{OrganizationKeys, keys_statement},
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    asked::Asked,
    opened::OpenedRecord,
    sealed::viewed,
    show::{self, open},
    undecryptable::Broken,
    version::VERSION,
    versions::{is_visible_parameter, is_visible_statement},
};

#[derive(Template)]
#[template(path = "version.html")]
struct VersionPage<'a> {
    layout: Layout<'a>,
    opened: &'a OpenedRecord,
}

/// Reads the version and renders it.
pub(crate) async fn reply(asked: Asked<'_>, id: Uuid, number: i32) -> Result<Reply, Problem> {
    let Asked { app, session, scope, request } = asked;
    let (viewed, visible) = (viewed(request), is_visible_parameter(&id));
    let viewed = viewed.row();
    let mut parameters = show::parameters(&viewed, &id);
    parameters.push((&number, Type::INT4));
    let statements = [
        Statement::new(VERSION, &parameters),
        keys_statement(),
        is_visible_statement(&visible),
        identity::viewer_statement(),
    ];
    let (membership, [rows, keys, visible, viewer]) = scope.read_recorded(statements).await?;
    let keys = OrganizationKeys::from_rows(app.master_keys()?, membership.organization_id, &keys)?;
    visible.first().ok_or_else(|| Problem::not_visible(id))?;
    let row = rows.first().ok_or_else(Problem::not_found)?;
    let opened = open(scope, request, &keys, row).await?.map_err(Broken::into_problem)?;
    let viewer: Viewer = identity::viewer(session, &membership, &viewer)?;
    let layout = Layout::new("Version of a record", Section::Records, &viewer);
    Reply::page(StatusCode::OK, &VersionPage { layout, opened: &opened })
}
