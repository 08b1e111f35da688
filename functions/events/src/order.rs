//! `PUT /events/order`: the order of the caller's own events.

use std::collections::BTreeSet;

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, Statement, Transaction},
    http::{FieldError, Form, Problem, Reply, Request, parse_id},
    permission::Permission,
};
use http::StatusCode;
use serde_json::Value;
use tokio_postgres::types::Type;
use uuid::Uuid;

/// Check and change in one: unless exactly one's own events are given, nothing is updated. The rows are locked in the
/// order of their ids, so that two requests at once follow one another.
const REORDER: &str = r#"
    with own as (
        select id
        from events
        where workos_user_id = (select app.user_id())
        order by id
        for update
    ),
    given as (
        select id, position
        from unnest($1::uuid[]) with ordinality as given (id, position)
    ),
    reordered as (
        update events
        set "order" = given.position
        from given
        where events.id = given.id
          and events.workos_user_id = (select app.user_id())
          and (select array_agg(id order by id) from own) = (select array_agg(id order by id) from given)
        returning events.id
    )
    select (select count(*) from own) as own,
           (select count(*) from reordered) as reordered"#;

/// Puts the caller's own events into the given order, all or none.
pub(crate) async fn replace(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    session.check_form(request)?;
    let scope = app.organization(&session, Permission::EventsWrite)?;
    let ids = match request.form() {
        Some(form) => moved(form)?,
        None => listed(request)?,
    };
    scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let row = transaction.query_optional(Statement::new(REORDER, &[(&ids, Type::UUID_ARRAY)])).await?;
            let row = row.ok_or(Error::Shape("two counts"))?;
            let (own, reordered): (i64, i64) =
                (row.try_get("own").map_err(Error::from)?, row.try_get("reordered").map_err(Error::from)?);
            if own != reordered || own != ids.len() as i64 {
                return Err(not_exactly_own());
            }
            let order: Vec<String> = ids.iter().map(Uuid::to_string).collect();
            transaction.audit(Entry::new(request, Action::EventReordered, Resource::own_events()).with("ids", order));
            Ok(())
        })
        .await?;
    match request.form() {
        Some(_) => Ok(Reply::see_other(app.public_url().join("/events"))),
        None => Ok(Reply::empty(StatusCode::NO_CONTENT)),
    }
}

fn not_exactly_own() -> Problem {
    let message = "Give the ids of all your own events, each once. The list may have changed: reload it.";
    Problem::invalid(vec![FieldError::new("ids", message)])
}

/// The order that a document gives.
fn listed(request: &Request) -> Result<Vec<Uuid>, Problem> {
    let object = request.json_object()?;
    if let Some(surplus) = object.keys().find(|name| *name != "ids") {
        let message = "This field is not known here, or cannot be set.";
        return Err(Problem::invalid(vec![FieldError::new(surplus.clone(), message)]));
    }
    let ids = object.get("ids").and_then(Value::as_array).ok_or_else(not_exactly_own)?;
    distinct(ids.iter().map(Value::as_str))
}

/// The order that a form gives: the one that the page showed, and the one event that is to move in it.
fn moved(form: &Form) -> Result<Vec<Uuid>, Problem> {
    let mut ids = distinct(form.all("ids").map(Some))?;
    let Some(text) = form.get("move") else { return Ok(ids) };
    let (direction, id) = text.split_once(':').ok_or_else(not_exactly_own)?;
    let position = parse_id(id).and_then(|id| ids.iter().position(|own| *own == id)).ok_or_else(not_exactly_own)?;
    match direction {
        "up" if position > 0 => ids.swap(position, position - 1),
        "down" if position + 1 < ids.len() => ids.swap(position, position + 1),
        // The first one up, the last one down: it is there already.
        "up" | "down" => {}
        _ => return Err(not_exactly_own()),
    }
    Ok(ids)
}

fn distinct<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Result<Vec<Uuid>, Problem> {
    let ids: Option<Vec<Uuid>> = texts.map(|text| text.and_then(parse_id)).collect();
    let ids = ids.ok_or_else(not_exactly_own)?;
    match ids.iter().collect::<BTreeSet<_>>().len() == ids.len() {
        true => Ok(ids),
        false => Err(not_exactly_own()),
    }
}

#[cfg(test)]
mod tests {
    use eleva::http::Form;
    use uuid::Uuid;

    use super::moved;

    fn order_after(form: &str) -> Option<Vec<u128>> {
        let ids = (1..=3).map(|number| format!("ids={}&", Uuid::from_u128(number))).collect::<String>();
        let form = Form::parse(format!("{ids}{form}").as_bytes()).expect("a form");
        moved(&form).ok().map(|ids| ids.iter().map(Uuid::as_u128).collect())
    }

    #[test]
    fn one_event_moves_by_one_place() {
        let id = |number| Uuid::from_u128(number);
        assert_eq!(order_after(""), Some(vec![1, 2, 3]));
        assert_eq!(order_after(&format!("move=up:{}", id(3))), Some(vec![1, 3, 2]));
        assert_eq!(order_after(&format!("move=down:{}", id(1))), Some(vec![2, 1, 3]));
        assert_eq!(order_after(&format!("move=up:{}", id(1))), Some(vec![1, 2, 3]));
        assert_eq!(order_after(&format!("move=down:{}", id(3))), Some(vec![1, 2, 3]));
    }

    #[test]
    fn what_is_no_list_of_different_ids_is_refused() {
        for form in ["ids=x", "ids=", "move=up", "move=up:x", "move=left:00000000-0000-0000-0000-000000000001"] {
            assert_eq!(order_after(form), None, "{form}");
        }
        assert_eq!(order_after("ids=00000000-0000-0000-0000-000000000001"), None, "one id twice");
        assert_eq!(order_after("move=up:00000000-0000-0000-0000-000000000009"), None, "somebody else's event");
    }
}
