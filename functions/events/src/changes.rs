//! What is to change of an event.

use eleva::http::{Input, Problem};

use crate::field;

/// The fields to change; `None` leaves one as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) name: Option<String>,
    pub(crate) slug: Option<String>,
    /// `Some(None)` removes the description.
    pub(crate) description: Option<Option<String>>,
    pub(crate) duration_in_minutes: Option<i32>,
    pub(crate) price: Option<i32>,
    pub(crate) currency: Option<&'static str>,
    pub(crate) is_active: Option<bool>,
}

impl Changes {
    /// Reads changes. Errors: `invalid`, with everything that is wrong at once.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Problem> {
        let mut errors = input.surplus(&field::NAMES);
        let changes = Self {
            name: field::name(input).optional(&mut errors),
            slug: field::slug(input).optional(&mut errors),
            description: field::description(input).optional(&mut errors),
            duration_in_minutes: field::duration_in_minutes(input).optional(&mut errors),
            price: field::price(input).optional(&mut errors),
            currency: field::currency(input).optional(&mut errors),
            is_active: field::is_active(input).optional(&mut errors),
        };
        match errors.is_empty() {
            true => Ok(changes),
            false => Err(Problem::invalid(errors)),
        }
    }

    /// The names of the fields that are given.
    pub(crate) fn fields(&self) -> Vec<&'static str> {
        let given = [
            ("name", self.name.is_some()),
            ("slug", self.slug.is_some()),
            ("description", self.description.is_some()),
            ("duration_in_minutes", self.duration_in_minutes.is_some()),
            ("price", self.price.is_some()),
            ("currency", self.currency.is_some()),
            ("is_active", self.is_active.is_some()),
        ];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use eleva::http::{Form, Input, Problem};
    use serde_json::{Value, json};

    use super::Changes;

    fn from_json(document: Value) -> Result<Changes, Problem> {
        let Value::Object(object) = document else { panic!("an object") };
        Changes::read(&Input::Json(object))
    }

    #[test]
    fn only_what_is_given_changes() {
        assert_eq!(from_json(json!({})).expect("nothing to do"), Changes::default());
        let renamed = Changes { name: Some("New".to_owned()), ..Changes::default() };
        assert_eq!(from_json(json!({"name": "New"})).expect("a name"), renamed, "the slug stays");
        let deactivated = Changes { is_active: Some(false), ..Changes::default() };
        let form = Form::parse(b"_method=PATCH&is_active=false").expect("a form");
        assert_eq!(Changes::read(&Input::Form(&form)).expect("a flag"), deactivated);
    }

    #[test]
    fn a_description_is_removed_by_null_or_an_empty_field() {
        let removed = Changes { description: Some(None), ..Changes::default() };
        assert_eq!(from_json(json!({"description": null})).expect("a removal"), removed);
        let form = Form::parse(b"description=+%0D%0A").expect("a form");
        assert_eq!(Changes::read(&Input::Form(&form)).expect("a removal"), removed);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let problem = from_json(json!({"name": null, "price": "1", "order": 3})).expect_err("refused");
        let fields: Vec<&str> = problem.errors().iter().map(|error| error.field.as_ref()).collect();
        assert_eq!((problem.status().as_u16(), fields), (422, vec!["order", "name", "price"]));
    }

    #[test]
    fn a_form_that_empties_the_slug_leaves_it_as_it_is() {
        let form = Form::parse(b"slug=").expect("a form");
        assert_eq!(Changes::read(&Input::Form(&form)).expect("no change"), Changes::default());
    }
}
