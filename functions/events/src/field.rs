//! The fields of an event that a caller may give, each with its rule.

use eleva::http::{Field, Given, Input};
use serde_json::Value;

use crate::{price, slug};

/// The fields' names.
pub(crate) const NAMES: [&str; 7] =
    ["name", "slug", "description", "duration_in_minutes", "price", "currency", "is_active"];

/// The one currency there is.
pub(crate) const EUR: &str = "eur";

const LONGEST_NAME: usize = 200;
const LONGEST_DESCRIPTION: usize = 5_000;
const LONGEST_DURATION: i32 = 720;

/// The name: one line, without the space around it.
pub(crate) fn name(input: &Input<'_>) -> Field<String> {
    let accept = |text: String| {
        let name = text.trim();
        let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.contains(char::is_control);
        fits.then(|| name.to_owned())
    };
    Field { name: "name", rule: "Give a name of 1 to 200 characters.", given: input.text("name").accept(accept) }
}

/// The slug. A form that leaves it empty does not give it.
pub(crate) fn slug(input: &Input<'_>) -> Field<String> {
    let given = match (input, input.nullable_text("slug")) {
        (Input::Form(_), Given::Value(None)) => Given::Nothing,
        (_, given) => given.accept(|text| text.filter(|text| slug::is_slug(text))),
    };
    let rule = "Use lower-case letters a to z and digits, in words joined by single hyphens, 100 characters at most.";
    Field { name: "slug", rule, given }
}

/// The description: several lines, or none.
pub(crate) fn description(input: &Input<'_>) -> Field<Option<String>> {
    let is_refused = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    let fits = |text: &String| text.chars().count() <= LONGEST_DESCRIPTION && !text.contains(is_refused);
    let accept = |text: Option<String>| text.as_ref().is_none_or(fits).then_some(text);
    let rule = "Give a description of at most 5000 characters.";
    Field { name: "description", rule, given: input.nullable_text("description").accept(accept) }
}

/// The duration.
pub(crate) fn duration_in_minutes(input: &Input<'_>) -> Field<i32> {
    let accept = |minutes| i32::try_from(minutes).ok().filter(|minutes| (1..=LONGEST_DURATION).contains(minutes));
    let rule = "Give a whole number of minutes from 1 to 720.";
    Field { name: "duration_in_minutes", rule, given: input.integer("duration_in_minutes").accept(accept) }
}

/// The price, in cents. `60.0` is none: whoever writes a decimal point may well mean euros.
pub(crate) fn price(input: &Input<'_>) -> Field<i32> {
    let accept = |cents| i32::try_from(cents).ok().filter(|cents| (0..=price::HIGHEST).contains(cents));
    let given = input.number("price", Value::as_i64, price::parse_euros).accept(accept);
    let rule = match input {
        Input::Json(_) => "Give a whole number of cents from 0 to 1000000.",
        Input::Form(_) => "Give an amount in euros from 0 to 10000, such as 45.00.",
    };
    Field { name: "price", rule, given }
}

/// The currency.
pub(crate) fn currency(input: &Input<'_>) -> Field<&'static str> {
    let accept = |text: String| (text == EUR).then_some(EUR);
    Field {
        name: "currency",
        rule: "Give \"eur\", the one currency there is.",
        given: input.text("currency").accept(accept),
    }
}

/// Whether the event can be booked.
pub(crate) fn is_active(input: &Input<'_>) -> Field<bool> {
    Field { name: "is_active", rule: "Give true or false.", given: input.flag("is_active") }
}
