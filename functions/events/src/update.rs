//! `PATCH /events/{id}`.

use eleva::{
    App, Session,
    database::{OrganizationScope, Statement, Transaction},
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    changes::Changes,
    event::{Event, event_columns},
    event_page,
    form::{EventForm, is_correctable},
    input::Input,
    refusal,
};

const UPDATE: &str = concat!(
    "
    update events
    set name = coalesce($2, name),
        slug = coalesce($3, slug),
        description = case when $4 then $5 else description end,
        duration_in_minutes = coalesce($6, duration_in_minutes),
        price = coalesce($7, price),
        currency = coalesce($8, currency),
        is_active = coalesce($9, is_active)
    where id = $1
    returning ",
    event_columns!()
);

/// Changes an event. A form that needs correcting comes back with what was typed.
pub(crate) async fn update(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let scope = app.organization(&session, Permission::EventsWrite)?;
    match (update_in(&scope, request, id).await, request.form()) {
        (Ok(event), Some(_)) => Ok(Reply::see_other(app.public_url().join(&event.list_path()))),
        (Ok(event), None) => Reply::json(StatusCode::OK, &event),
        (Err(problem), Some(sent)) if request.wants_page() && is_correctable(&problem) => {
            let refused = (problem.status(), EventForm::refused(sent, problem));
            let scope = app.organization(&session, Permission::EventsRead)?;
            event_page::reply(&session, &scope, id, Some(refused)).await
        }
        (Err(problem), _) => Err(problem),
    }
}

async fn update_in(scope: &OrganizationScope<'_>, request: &Request, id: Uuid) -> Result<Event, Problem> {
    let changes = Changes::read(&Input::of(request)?)?;
    let (describes, description) = (changes.description.is_some(), changes.description.flatten());
    let updated = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let row = transaction
                .query_optional(Statement::new(
                    UPDATE,
                    &[
                        (&id, Type::UUID),
                        (&changes.name, Type::TEXT),
                        (&changes.slug, Type::TEXT),
                        (&describes, Type::BOOL),
                        (&description, Type::TEXT),
                        (&changes.duration_in_minutes, Type::INT4),
                        (&changes.price, Type::INT4),
                        (&changes.currency, Type::TEXT),
                        (&changes.is_active, Type::BOOL),
                    ],
                ))
                .await?;
            match row {
                Some(row) => Ok(Ok(row)),
                None => refusal::of(transaction, id).await.map(Err),
            }
        })
        .await?;
    Event::from_row(&updated?)
}
