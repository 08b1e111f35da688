//! `PATCH /events/{id}`.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Input, Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use serde_json::{Value, json};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    changes::Changes,
    event::{Event, event_columns},
    event_page,
    form::{EventForm, is_correctable},
    refusal,
};

/// Gives the event as it was, too: the trail keeps what changed.
const UPDATE: &str = concat!(
    r#"
    with old as (
        select id as old_id,
               jsonb_build_object(
                 'workos_user_id', workos_user_id, 'name', name, 'slug', slug,
                 'duration_in_minutes', duration_in_minutes, 'price', price, 'currency', currency,
                 'is_active', is_active, 'order', "order"
               ) as old_values
        from events
        where id = $1
        for update
    )
    update events
    set name = coalesce($2, name),
        slug = coalesce($3, slug),
        description = case when $4 then $5 else description end,
        duration_in_minutes = coalesce($6, duration_in_minutes),
        price = coalesce($7, price),
        currency = coalesce($8, currency),
        is_active = coalesce($9, is_active)
    from old
    where id = old_id
    returning old_values, "#,
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
    let fields = changes.fields();
    let (describes, description) = (changes.description.is_some(), changes.description.flatten());
    scope
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
            let Some(row) = row else { return Err(refusal::of(transaction, id).await?) };
            let event = Event::from_row(&row)?;
            let old: Value = row.try_get("old_values").map_err(Error::from)?;
            record(transaction, request, &fields, old, &event);
            Ok(event)
        })
        .await
}

/// Records the change, and apart from it whether people can book from now on.
fn record(transaction: &mut Transaction<'_>, request: &Request, fields: &[&str], mut old: Value, event: &Event) {
    let was_active = old.as_object_mut().and_then(|old| old.remove("is_active"));
    let entry = |action, old: &Value| Entry::new(request, action, Resource::event(event.id)).changed(old, event);
    let activation = match (was_active.as_ref().and_then(Value::as_bool), event.is_active) {
        (Some(false), true) => Some(Action::EventActivated),
        (Some(true), false) => Some(Action::EventDeactivated),
        _ => None,
    };
    if let Some(action) = activation {
        transaction.audit(entry(action, &json!({"is_active": was_active})));
    }
    if activation.is_none() || fields != ["is_active"] {
        transaction.audit(entry(Action::EventUpdated, &old).with("fields", fields));
    }
}
