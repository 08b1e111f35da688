//! The dashboard: who you are, where you are, whom you meet next, what you may do there, and where else you can go.

use askama::Template;
use eleva::{
    App, Session,
    http::{Problem, Reply, Request},
    identity::{Identity, OwnOrganization},
    page::{Layout, Section, Viewer},
    permission::Permission,
};
use http::StatusCode;
use serde::Serialize;
use tokio_postgres::types::Type;

use crate::{
    next_meetings::{self, NextMeeting},
    wording,
};

/// The dashboard for clients.
#[derive(Serialize)]
struct Overview<'a> {
    #[serde(flatten)]
    identity: &'a Identity,
    next_meetings: &'a [NextMeeting],
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage<'a> {
    layout: Layout<'a>,
    identity: &'a Identity,
    next_meetings: &'a [NextMeeting],
    name: String,
    elsewhere: Vec<&'a OwnOrganization>,
    user_id: &'a str,
    current: &'a str,
}

#[derive(Template)]
#[template(path = "outside.html")]
struct OutsidePage<'a> {
    layout: Layout<'a>,
    name: String,
    inactive: bool,
    elsewhere: Vec<&'a OwnOrganization>,
    user_id: &'a str,
    current: &'a str,
}

/// Shows the dashboard. Somebody whose membership is not active (403), or who is in no organization, is told what
/// that means and offered the organizations that are open to them.
pub(crate) async fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    match within(app, request).await {
        // Our membership has ended, or WorkOS gives no token for this organization any more.
        Err(problem) if problem.code() == "membership_inactive" && request.wants_page() => {
            let session = Session::remembered(app, request).await?;
            let identity = Identity::without_organization(app, &session).await?;
            outside(&session, &identity, problem.status())
        }
        answer => answer,
    }
}

async fn within(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let now = app.clock().now().map_err(Problem::internal)?;
    let parameters = [(&now as _, Type::TIMESTAMPTZ)];
    let next = next_meetings::statement(&parameters);
    let (identity, next) = Identity::load_beside(app, &session, next, Permission::MeetingsRead).await?;
    let next_meetings = NextMeeting::from_rows(&next)?;
    if !request.wants_page() {
        return Reply::json(StatusCode::OK, &Overview { identity: &identity, next_meetings: &next_meetings });
    }
    match identity.viewer() {
        Some(viewer) => overview(&session, &identity, &next_meetings, &viewer),
        None => outside(&session, &identity, StatusCode::OK),
    }
}

fn overview(
    session: &Session,
    identity: &Identity,
    next_meetings: &[NextMeeting],
    viewer: &Viewer,
) -> Result<Reply, Problem> {
    let current = current(session);
    let page = OverviewPage {
        layout: Layout::new("Dashboard", Section::Dashboard, viewer),
        identity,
        next_meetings,
        name: identity.user.name(),
        elsewhere: elsewhere(identity, current),
        user_id: session.user_id(),
        current,
    };
    Reply::page(StatusCode::OK, &page)
}

fn outside(session: &Session, identity: &Identity, status: StatusCode) -> Result<Reply, Problem> {
    let current = current(session);
    let inactive = !current.is_empty();
    let page = OutsidePage {
        layout: Layout::public(if inactive { "No access to this organization" } else { "No organization chosen" }),
        name: identity.user.name(),
        inactive,
        elsewhere: elsewhere(identity, current),
        user_id: session.user_id(),
        current,
    };
    Reply::page(status, &page)
}

/// The current organization's WorkOS id, empty without one; what forms carry.
fn current(session: &Session) -> &str {
    session.claims().org_id.as_deref().unwrap_or_default()
}

/// The organizations that one could switch to.
fn elsewhere<'a>(identity: &'a Identity, current: &str) -> Vec<&'a OwnOrganization> {
    identity.organizations.iter().filter(|own| own.organization.workos_org_id.as_deref() != Some(current)).collect()
}
