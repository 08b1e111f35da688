//! The page of one record: the form that changes it for whoever may, else what it says, and its history.

use askama::Template;
use eleva::{
    database::Statement,
    http::{Limit, Problem, Reply},
    identity,
    page::{Layout, Section, Viewer},
    permission::Permission,
    phi::{OrganizationKeys, keys_statement},
};
use http::StatusCode;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::{
    asked::Asked,
    form::RecordForm,
    record::{Record, record_columns},
    sealed::viewed,
    show::{self, ONE, open},
    undecryptable::Broken,
    versions::{self, VERSIONS, Version},
};

/// The same record without what it says.
pub(crate) const SUMMARY: &str = concat!(
    "select ",
    record_columns!(),
    "
    from records r
    left join meetings m on m.id = r.meeting_id
    where r.id = $1"
);

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    record: &'a Record,
    form: &'a RecordForm,
    may_write: bool,
    /// The newest versions.
    history: &'a [Version],
    /// Where the older ones are.
    older: Option<String>,
}

/// Reads the record and renders it.
pub(crate) async fn reply(asked: Asked<'_>, id: Uuid) -> Result<Reply, Problem> {
    let Asked { app, session, scope, request } = asked;
    let (viewed, limit) = (viewed(request), Limit::default());
    let viewed = viewed.row();
    let (one, history) = (show::parameters(&viewed, &id), versions::parameters(&id, &None, &limit));
    let statements =
        [Statement::new(ONE, &one), keys_statement(), Statement::new(VERSIONS, &history), identity::viewer_statement()];
    let (membership, [rows, keys, history, viewer]) = scope.read_recorded(statements).await?;
    let keys = OrganizationKeys::from_rows(app.master_keys()?, membership.organization_id, &keys)?;
    let row = rows.first().ok_or_else(|| Problem::not_visible(id))?;
    let opened = open(scope, request, &keys, row).await?.map_err(Broken::into_problem)?;
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let record = opened.record.clone();
    render(StatusCode::OK, &viewer, &record, &RecordForm::of(opened), Version::from_rows(&history)?, &limit)
}

/// Renders a form that was sent and refused. What is stored does not leave: the person has their own text in hand.
pub(crate) async fn refused(
    asked: Asked<'_>,
    id: Uuid,
    status: StatusCode,
    form: RecordForm,
) -> Result<Reply, Problem> {
    let limit = Limit::default();
    let summary: [(&(dyn ToSql + Sync), Type); 1] = [(&id, Type::UUID)];
    let history = versions::parameters(&id, &None, &limit);
    let statements =
        [Statement::new(SUMMARY, &summary), Statement::new(VERSIONS, &history), identity::viewer_statement()];
    let (membership, [record, history, viewer]) = asked.scope.read_all(statements).await?;
    let record = record.first().ok_or_else(|| Problem::not_visible(id)).and_then(Record::from_row)?;
    let viewer = identity::viewer(asked.session, &membership, &viewer)?;
    render(status, &viewer, &record, &form, Version::from_rows(&history)?, &limit)
}

fn render(
    status: StatusCode,
    viewer: &Viewer,
    record: &Record,
    form: &RecordForm,
    mut history: Vec<Version>,
    limit: &Limit,
) -> Result<Reply, Problem> {
    let older = versions::next_cursor(limit, &mut history)?;
    let older = older.map(|cursor| versions::path_after(record, limit, &cursor));
    let page = RecordPage {
        // Without a name: titles stay in the browser's history.
        layout: Layout::new("Record", Section::Records, viewer),
        viewer,
        record,
        form,
        may_write: viewer.may(Permission::RecordsWrite),
        history: &history,
        older,
    };
    Reply::page(status, &page)
}
