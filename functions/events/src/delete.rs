//! `DELETE /events/{id}`.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, Statement, Transaction},
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    event::{Event, event_columns},
    refusal,
};

const DELETE: &str = concat!(
    "
    delete from events
    where id = $1
    returning ",
    event_columns!()
);

/// What stands in a deletion's way: meetings, slots that are held, and payments for it.
const CHILDREN: [&str; 3] =
    ["meetings_event_id_fkey", "slot_reservations_event_id_fkey", "payment_transfers_event_id_fkey"];

/// Deletes an event that was never booked.
pub(crate) async fn delete(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let refused = app
        .organization(&session, Permission::EventsWrite)?
        .transaction(async |transaction: &mut Transaction<'_>| {
            let Some(row) = transaction.query_optional(Statement::new(DELETE, &[(&id, Type::UUID)])).await? else {
                return refusal::of(transaction, id).await.map(Some);
            };
            let deleted = Entry::new(request, Action::EventDeleted, Resource::event(id));
            transaction.audit(deleted.before(&Event::try_from_row(&row)?));
            Ok::<_, Error>(None)
        })
        .await
        .map_err(|error| match CHILDREN.iter().any(|constraint| error.violates(constraint)) {
            true => Problem::event_has_meetings(),
            false => error.into(),
        })?;
    match (refused, request.form()) {
        (Some(problem), _) => Err(problem),
        (None, Some(_)) => Ok(Reply::see_other(app.public_url().join("/events"))),
        (None, None) => Ok(Reply::empty(StatusCode::NO_CONTENT)),
    }
}
