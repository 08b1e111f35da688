//! The page of one event: the form that changes it for whoever may, else what there is to know.

use askama::Template;
use eleva::{
    Session,
    database::{OrganizationScope, Statement},
    http::{Problem, Reply},
    identity, members,
    page::{Layout, Section, Viewer},
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{event::Event, form::EventForm, list_page::may_change, show::ONE, wording};

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    event: &'a Event,
    expert: &'a str,
    /// The form, for whoever may change the event.
    form: Option<&'a EventForm>,
}

/// Reads the event and renders it; `refused` is a form that needs correcting, with the status to answer with.
pub(crate) async fn reply(
    session: &Session,
    scope: &OrganizationScope<'_>,
    id: Uuid,
    refused: Option<(StatusCode, EventForm)>,
) -> Result<Reply, Problem> {
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 1] = [(&id, Type::UUID)];
    let statements = [Statement::new(ONE, &parameters), identity::viewer_statement(), members::statement()];
    let (membership, [event, viewer, experts]) = scope.read_all(statements).await?;
    let event = event.first().ok_or_else(|| Problem::not_visible(id)).and_then(Event::from_row)?;
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let experts = members::from_rows(&experts)?;
    let (status, form) = refused.unwrap_or_else(|| (StatusCode::OK, EventForm::of(&event)));
    let page = EventPage {
        layout: Layout::new(&event.name, Section::Events, &viewer),
        viewer: &viewer,
        expert: members::expert(&experts, &event.workos_user_id),
        form: may_change(&event, &viewer, &membership).then_some(&form),
        event: &event,
    };
    Reply::page(status, &page)
}
