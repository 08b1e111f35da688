//! `POST /events`.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Input, Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::Type;

use crate::{
    event::{Event, event_columns},
    filter::Filter,
    form::{EventForm, is_correctable},
    list_page,
    new_event::NewEvent,
};

/// A new event is its expert's last.
const INSERT: &str = concat!(
    r#"
    insert into events
        (org_id, workos_user_id, name, slug, description, duration_in_minutes, price, currency, is_active, "order")
    select (select app.org_id()), (select app.user_id()), $1, $2, $3, $4, $5, $6, $7, coalesce(max(own."order") + 1, 0)
    from events own
    where own.workos_user_id = (select app.user_id())
    returning "#,
    event_columns!()
);

/// Makes an event of the caller's. A form that needs correcting comes back with what was typed.
pub(crate) async fn create(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let scope = app.organization(&session, Permission::EventsWrite)?;
    match (create_in(&scope, request).await, request.form()) {
        (Ok(event), Some(_)) => Ok(Reply::see_other(app.public_url().join(&event.list_path()))),
        (Ok(event), None) => {
            let location = app.public_url().join(&event.path());
            Ok(Reply::json(StatusCode::CREATED, &event)?.with_header("location", location))
        }
        (Err(problem), Some(sent)) if request.wants_page() && is_correctable(&problem) => {
            let (status, form) = (problem.status(), EventForm::refused(sent, problem));
            let scope = app.organization(&session, Permission::EventsRead)?;
            list_page::reply(&session, &scope, &Filter::default(), form, status).await
        }
        (Err(problem), _) => Err(problem),
    }
}

async fn create_in(scope: &OrganizationScope<'_>, request: &Request) -> Result<Event, Problem> {
    let event = NewEvent::read(&Input::of(request)?)?;
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let inserted = transaction
                .query_optional(Statement::new(
                    INSERT,
                    &[
                        (&event.name, Type::TEXT),
                        (&event.slug, Type::TEXT),
                        (&event.description, Type::TEXT),
                        (&event.duration_in_minutes, Type::INT4),
                        (&event.price, Type::INT4),
                        (&event.currency, Type::TEXT),
                        (&event.is_active, Type::BOOL),
                    ],
                ))
                .await?;
            let event = Event::from_row(&inserted.ok_or(Error::Shape("the new event"))?)?;
            let created = Entry::new(request, Action::EventCreated, Resource::event(event.id));
            transaction.audit(created.after(&event));
            Ok(event)
        })
        .await
}
