//! The page of one meeting: what there is to know, and the forms that change it for whoever may.

use askama::Template;
use eleva::{
    App, Session,
    database::{Membership, OrganizationScope, Statement},
    http::{Problem, Reply, Request},
    identity, members,
    page::{Layout, Section, Viewer},
    permission::{Permission, Role},
};
use http::StatusCode;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::{
    form::ChangeForm,
    meeting::{Meeting, meeting_columns},
    notes::{Notes, Reading},
    shown::{Shown, shown_meetings},
    wording,
};

const ONE: &str = concat!(
    "select ",
    meeting_columns!(),
    shown_meetings!(),
    "
    where m.id = $1"
);

#[derive(Template)]
#[template(path = "meeting.html")]
struct MeetingPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    shown: &'a Shown,
    /// The expert's name, where they are of the organization that looks.
    expert: Option<&'a str>,
    notes: Notes,
    /// Where the records of the meeting are, for its expert.
    records: Option<String>,
    /// The forms, for whoever may change the meeting.
    form: Option<&'a ChangeForm>,
}

/// Reads the meeting and renders it; `refused` is a form that needs correcting, with the status to answer with.
pub(crate) async fn reply(
    app: &App,
    session: &Session,
    scope: &OrganizationScope<'_>,
    request: &Request,
    id: Uuid,
    refused: Option<(StatusCode, ChangeForm)>,
) -> Result<Reply, Problem> {
    let reading = Reading::new(request, id);
    let (one, of_notes): ([(&(dyn ToSql + Sync), Type); 1], _) = ([(&id, Type::UUID)], reading.parameters());
    let statements =
        [Statement::new(ONE, &one), Reading::statement(&of_notes), identity::viewer_statement(), members::statement()];
    let (membership, [shown, notes, viewer, experts]) = scope.read_recorded(statements).await?;
    let shown = Shown::from_row(shown.first().ok_or_else(|| Problem::not_visible(id))?)?;
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let experts = members::from_rows(&experts)?;
    let (status, form) = refused.unwrap_or_else(|| (StatusCode::OK, ChangeForm::untouched()));
    let meeting = &shown.meeting;
    let is_here = meeting.org_id == membership.organization_id;
    let is_its_expert = is_here && meeting.workos_user_id == viewer.user_id;
    let page = MeetingPage {
        layout: Layout::new("Meeting", Section::Meetings, &viewer),
        viewer: &viewer,
        expert: is_here.then(|| members::expert(&experts, &meeting.workos_user_id)),
        notes: reading.finish(app, scope, meeting, &notes).await?,
        records: (is_its_expert && viewer.may_read_records()).then(|| format!("{}/records", meeting.path())),
        form: may_change(meeting, &viewer, &membership).then_some(&form),
        shown: &shown,
    };
    Reply::page(status, &page)
}

/// Whether the caller may change this meeting; the database decides, this only says whether to offer it.
fn may_change(meeting: &Meeting, viewer: &Viewer, membership: &Membership) -> bool {
    let is_administrator = matches!(membership.role, Some(Role::Owner | Role::Admin));
    viewer.may(Permission::MeetingsWrite)
        && meeting.org_id == membership.organization_id
        && (is_administrator || meeting.workos_user_id == viewer.user_id)
}
