//! The page of a form that was made of an earlier version: the newer one as it is stored, which is a reading like any
//! other, and what the person wrote, to be saved over it or not.

use askama::Template;
use eleva::{
    database::Statement,
    http::{Problem, Reply},
    identity,
    page::{Layout, Section, Viewer},
    phi::{OrganizationKeys, keys_statement},
};
use http::StatusCode;
use uuid::Uuid;

use crate::{
    asked::Asked,
    form::RecordForm,
    opened::OpenedRecord,
    record::Record,
    sealed::viewed,
    show::{self, ONE, open},
};

#[derive(Template)]
#[template(path = "stale.html")]
struct StalePage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    record: &'a Record,
    /// The newer version; none where it does not open.
    newer: Option<&'a OpenedRecord>,
    form: &'a RecordForm,
}

/// Reads the newer version and renders both.
pub(crate) async fn reply(asked: Asked<'_>, id: Uuid, status: StatusCode, form: RecordForm) -> Result<Reply, Problem> {
    let Asked { app, session, scope, request } = asked;
    let viewed = viewed(request);
    let viewed = viewed.row();
    let one = show::parameters(&viewed, &id);
    let statements = [Statement::new(ONE, &one), keys_statement(), identity::viewer_statement()];
    let (membership, [rows, keys, viewer]) = scope.read_recorded(statements).await?;
    let keys = OrganizationKeys::from_rows(app.master_keys()?, membership.organization_id, &keys)?;
    let row = rows.first().ok_or_else(|| Problem::not_visible(id))?;
    let record = Record::from_row(row)?;
    let newer = open(scope, request, &keys, row).await?;
    if let Err(broken) = &newer {
        broken.log(request);
    }
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let page = StalePage {
        layout: Layout::new("Record", Section::Records, &viewer),
        viewer: &viewer,
        newer: newer.as_ref().ok(),
        form: &form.onto(record.version),
        record: &record,
    };
    Reply::page(status, &page)
}
