//! The page of the list: filter, events by expert, and the form for a new one. Four statements, one flight.

use askama::Template;
use eleva::{
    Session,
    database::{Membership, OrganizationScope, Statement},
    http::{Problem, Reply},
    identity,
    members::{self, Member},
    page::{Layout, Section, Viewer},
    permission::{Permission, Role},
};
use http::StatusCode;
use uuid::Uuid;

use crate::{event::Event, filter::Filter, form::EventForm, list::LIST, own, wording};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    filter: &'a Filter,
    experts: &'a [Member],
    groups: Vec<Group<'a>>,
    next: Option<String>,
    /// The caller's own events in their order, while they can be moved.
    movable: Option<&'a [Uuid]>,
    /// The form for a new event, for whoever may make one.
    form: Option<&'a EventForm>,
}

/// One expert's events.
struct Group<'a> {
    expert: &'a str,
    is_own: bool,
    items: Vec<Item<'a>>,
}

struct Item<'a> {
    event: &'a Event,
    may_change: bool,
}

/// Reads the list and renders it, with `form` at its end.
pub(crate) async fn reply(
    session: &Session,
    scope: &OrganizationScope<'_>,
    filter: &Filter,
    form: EventForm,
    status: StatusCode,
) -> Result<Reply, Problem> {
    let parameters = filter.parameters();
    let statements =
        [Statement::new(LIST, &parameters), identity::viewer_statement(), members::statement(), own::statement()];
    let (membership, [events, viewer, experts, own]) = scope.read_all(statements).await?;
    let mut events = Event::from_rows(&events)?;
    let next = filter.next_cursor(&mut events)?.map(|cursor| filter.path_after(&cursor));
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let (experts, own) = (members::from_rows(&experts)?, own::ids(&own)?);
    let may_write = viewer.may(Permission::EventsWrite);
    let page = ListPage {
        layout: Layout::new("Events", Section::Events, &viewer),
        viewer: &viewer,
        filter,
        groups: grouped(&events, &experts, &viewer, &membership),
        experts: &experts,
        next,
        movable: (may_write && own.len() > 1 && filter.active.is_none()).then_some(own.as_slice()),
        form: may_write.then_some(&form),
    };
    Reply::page(status, &page)
}

/// Whether the caller may change this event; the database decides, this only says whether to offer it.
pub(crate) fn may_change(event: &Event, viewer: &Viewer, membership: &Membership) -> bool {
    let is_administrator = matches!(membership.role, Some(Role::Owner | Role::Admin));
    viewer.may(Permission::EventsWrite) && (is_administrator || event.workos_user_id == viewer.user_id)
}

fn grouped<'a>(events: &'a [Event], experts: &'a [Member], viewer: &Viewer, membership: &Membership) -> Vec<Group<'a>> {
    events
        .chunk_by(|one, other| one.workos_user_id == other.workos_user_id)
        .map(|events| Group {
            expert: members::expert(experts, &events[0].workos_user_id),
            is_own: events[0].workos_user_id == viewer.user_id,
            items: events
                .iter()
                .map(|event| Item { event, may_change: may_change(event, viewer, membership) })
                .collect(),
        })
        .collect()
}
