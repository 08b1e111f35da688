//! `GET /events`: the organization's events, by expert and in each expert's order.

use eleva::{
    App, Session,
    database::Statement,
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use serde::Serialize;

use crate::{
    event::{Event, event_columns},
    filter::Filter,
    form::EventForm,
    list_page,
};

/// Keyset, never OFFSET: `events_list_idx` has this order.
pub(crate) const LIST: &str = concat!(
    "select ",
    event_columns!(),
    r#"
    from events
    where ($1::boolean is null or is_active = $1)
      and ($2::text is null or workos_user_id = $2)
      and ($3::text is null or (workos_user_id, "order", created_at, id) > ($3, $4, $5, $6))
    order by workos_user_id, "order", created_at, id
    limit $7"#
);

#[derive(Serialize)]
struct EventList {
    items: Vec<Event>,
    next_cursor: Option<String>,
}

/// Answers with the list. The page also has the form for a new event.
pub(crate) async fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::EventsRead)?;
    let filter = Filter::read(request.query())?;
    if request.wants_page() {
        return list_page::reply(&session, &scope, &filter, EventForm::empty(), StatusCode::OK).await;
    }
    let (_, rows) = scope.read(Statement::new(LIST, &filter.parameters())).await?;
    let mut items = Event::from_rows(&rows)?;
    let next_cursor = filter.next_cursor(&mut items)?;
    Reply::json(StatusCode::OK, &EventList { items, next_cursor })
}
