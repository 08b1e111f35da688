//! `GET /events/{id}`.

use eleva::{
    App, Session,
    database::Statement,
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    event::{Event, event_columns},
    event_page,
};

/// One event, if it is visible.
pub(crate) const ONE: &str = concat!(
    "select ",
    event_columns!(),
    "
    from events
    where id = $1"
);

/// Answers with one event. Its page is the form that changes it, for whoever may.
pub(crate) async fn show(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::EventsRead)?;
    if request.wants_page() {
        return event_page::reply(&session, &scope, id, None).await;
    }
    let (_, rows) = scope.read(Statement::new(ONE, &[(&id, Type::UUID)])).await?;
    let event = rows.first().ok_or_else(|| Problem::not_visible(id)).and_then(Event::from_row)?;
    Reply::json(StatusCode::OK, &event)
}
