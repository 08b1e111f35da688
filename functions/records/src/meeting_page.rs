//! The page of a meeting's records: what they say, and the form for a new one. Four statements, one flight.

use askama::Template;
use eleva::{
    database::Statement,
    http::{Problem, Reply},
    identity,
    page::{Layout, Section, Viewer},
    permission::Permission,
    phi::{OrganizationKeys, keys_statement},
};
use http::StatusCode;
use uuid::Uuid;

use crate::{
    asked::Asked,
    filter::Page,
    form::RecordForm,
    meeting::{self, Meeting},
    meeting_records::{self, Item, LIST, OpenedPage},
    sealed::viewed,
};

#[derive(Template)]
#[template(path = "meeting.html")]
struct MeetingPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    meeting: &'a Meeting,
    items: &'a [Item],
    next: Option<String>,
    is_continued: bool,
    /// The form for a new record, for the meeting's expert.
    form: Option<&'a RecordForm>,
}

/// Reads the records and renders them, with `form` at the end.
pub(crate) async fn reply(
    asked: Asked<'_>,
    meeting_id: Uuid,
    page: &Page,
    status: StatusCode,
    form: RecordForm,
) -> Result<Reply, Problem> {
    let Asked { app, session, scope, request } = asked;
    let (viewed, meeting) = (viewed(request), meeting::parameter(&meeting_id));
    let viewed = viewed.row();
    let list = meeting_records::parameters(&viewed, &meeting_id, page);
    let statements =
        [Statement::new(LIST, &list), keys_statement(), meeting::statement(&meeting), identity::viewer_statement()];
    let (membership, [records, keys, meeting, viewer]) = scope.read_recorded(statements).await?;
    let keys = OrganizationKeys::from_rows(app.master_keys()?, membership.organization_id, &keys)?;
    let meeting = Meeting::from_rows(meeting_id, &meeting)?;
    let OpenedPage { items, next_cursor } = meeting_records::open(scope, request, &keys, &records).await?;
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let writes = viewer.may(Permission::RecordsWrite) && meeting.is_of(&viewer.user_id, membership.organization_id);
    let page = MeetingPage {
        // Without a name: titles stay in the browser's history.
        layout: Layout::new("Records of a meeting", Section::Records, &viewer),
        viewer: &viewer,
        next: next_cursor.map(|cursor| page.path_after(&meeting.records_path(), &cursor)),
        is_continued: page.is_continued(),
        meeting: &meeting,
        items: &items,
        form: writes.then_some(&form),
    };
    Reply::page(status, &page)
}
