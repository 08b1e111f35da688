//! An event that is to be made.

use eleva::http::{Field, FieldError, Given, Input, Problem};

use crate::{field, slug};

/// Everything that the caller decides about a new event; the expert is the caller.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewEvent {
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) description: Option<String>,
    pub(crate) duration_in_minutes: i32,
    pub(crate) price: i32,
    pub(crate) currency: &'static str,
    pub(crate) is_active: bool,
}

impl NewEvent {
    /// Reads a new event. Errors: `invalid`, with everything that is wrong at once.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Problem> {
        let mut errors = input.surplus(&field::NAMES);
        let name = field::name(input).required(&mut errors);
        let slug = match (field::slug(input), &name) {
            (Field { given: Given::Nothing, .. }, Some(name)) => slug_of(name, &mut errors),
            (slug, _) => slug.optional(&mut errors),
        };
        let description = field::description(input).optional(&mut errors).flatten();
        let duration_in_minutes = field::duration_in_minutes(input).required(&mut errors);
        let price = field::price(input).required(&mut errors);
        let currency = match (input, field::currency(input)) {
            // The form's price is labelled in euros.
            (Input::Form(_), Field { given: Given::Nothing, .. }) => Some(field::EUR),
            (_, currency) => currency.required(&mut errors),
        };
        let is_active = field::is_active(input).optional(&mut errors).unwrap_or(true);
        match (name, slug, duration_in_minutes, price, currency) {
            (Some(name), Some(slug), Some(duration_in_minutes), Some(price), Some(currency)) if errors.is_empty() => {
                Ok(Self { name, slug, description, duration_in_minutes, price, currency, is_active })
            }
            _ => Err(Problem::invalid(errors)),
        }
    }
}

fn slug_of(name: &str, errors: &mut Vec<FieldError>) -> Option<String> {
    let slug = slug::from_name(name);
    if slug.is_none() {
        errors.push(FieldError::new("slug", "The name has no Latin letter or digit to make this from; give one."));
    }
    slug
}

#[cfg(test)]
mod tests {
    use eleva::http::{Form, Input, Problem};
    use serde_json::{Value, json};

    use super::NewEvent;

    fn from_json(document: Value) -> Result<NewEvent, Problem> {
        let Value::Object(object) = document else { panic!("an object") };
        NewEvent::read(&Input::Json(object))
    }

    fn from_form(body: &str) -> Result<NewEvent, Problem> {
        NewEvent::read(&Input::Form(&Form::parse(body.as_bytes()).expect("a form")))
    }

    fn fields(outcome: Result<NewEvent, Problem>) -> Vec<String> {
        let problem = outcome.expect_err("refused");
        assert_eq!(problem.code(), "invalid");
        problem.errors().iter().map(|error| error.field.to_string()).collect()
    }

    fn complete() -> Value {
        json!({"name": "Consulta", "duration_in_minutes": 50, "price": 6000, "currency": "eur"})
    }

    fn complete_but(field: &str, value: Value) -> Result<NewEvent, Problem> {
        let mut document = complete();
        document[field] = value;
        from_json(document)
    }

    #[test]
    fn the_least_that_json_can_say_is_enough() {
        let expected = NewEvent {
            name: "Consulta".to_owned(),
            slug: "consulta".to_owned(),
            description: None,
            duration_in_minutes: 50,
            price: 6000,
            currency: "eur",
            is_active: true,
        };
        assert_eq!(from_json(complete()).expect("complete"), expected);
        assert_eq!(from_form("name=+Consulta+&duration_in_minutes=50&price=60%2C00").expect("complete"), expected);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        assert_eq!(fields(from_json(json!({}))), ["name", "duration_in_minutes", "price", "currency"]);
        let wrong = json!({
            "colour": 1, "name": " ", "slug": "A", "description": 5, "duration_in_minutes": 0, "price": -1,
            "currency": "usd", "is_active": "yes",
        });
        assert_eq!(
            fields(from_json(wrong)),
            ["colour", "name", "slug", "description", "duration_in_minutes", "price", "currency", "is_active"]
        );
        assert_eq!(
            fields(from_form("name=&slug=A&duration_in_minutes=ten&price=free&is_active=perhaps")),
            ["name", "slug", "duration_in_minutes", "price", "is_active"]
        );
    }

    #[test]
    fn b14_what_the_server_decides_cannot_be_given() {
        for field in ["id", "org_id", "workos_user_id", "order", "created_at", "stripe_price_id"] {
            assert_eq!(fields(complete_but(field, json!("x"))), [field]);
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_names_its_field() {
        for (field, values) in [
            ("name", [json!(1), json!(null), json!(["a"]), json!({})]),
            ("slug", [json!(1), json!(null), json!([]), json!(true)]),
            ("description", [json!(1), json!(false), json!([]), json!({})]),
            ("duration_in_minutes", [json!("50"), json!(50.5), json!(null), json!(true)]),
            ("price", [json!("60.00"), json!(60.0), json!(1e300), json!(18_446_744_073_709_551_615_u64)]),
            ("currency", [json!("EUR"), json!(978), json!(null), json!("eur ")]),
            ("is_active", [json!(1), json!("true"), json!(null), json!([])]),
        ] {
            for value in values {
                assert_eq!(fields(complete_but(field, value.clone())), [field], "{value}");
            }
        }
    }

    #[test]
    fn limits_count_characters_and_include_their_ends() {
        let letters = |count| json!("é".repeat(count));
        for (field, inside, outside) in [
            ("name", vec![letters(1), letters(200), json!(format!("  {}\t", "é".repeat(200)))], vec![letters(201)]),
            ("description", vec![json!(""), letters(5_000)], vec![letters(5_001)]),
            ("duration_in_minutes", vec![json!(1), json!(720)], vec![json!(0), json!(721), json!(i64::MAX)]),
            ("price", vec![json!(0), json!(1_000_000)], vec![json!(-1), json!(1_000_001), json!(i64::MIN)]),
        ] {
            for value in inside {
                assert!(complete_but(field, value).is_ok(), "{field}");
            }
            for value in outside {
                assert_eq!(fields(complete_but(field, value)), [field]);
            }
        }
    }

    #[test]
    fn control_characters_are_refused_but_for_the_line_ends_of_a_description() {
        for name in ["a\0b", "a\nb", "a\u{7f}", "a\u{85}b"] {
            assert_eq!(fields(complete_but("name", json!(name))), ["name"]);
        }
        assert_eq!(fields(complete_but("description", json!("a\0b"))), ["description"]);
        assert!(complete_but("description", json!("One.\r\n\tTwo. 🙂")).is_ok());
    }

    #[test]
    fn a_name_that_gives_no_slug_asks_for_one() {
        assert_eq!(fields(complete_but("name", json!("日本語"))), ["slug"]);
        assert_eq!(fields(from_form("name=%F0%9F%99%82&slug=&duration_in_minutes=50&price=60")), ["slug"]);
    }

    #[test]
    fn a_checkbox_counts_by_its_last_value() {
        let with = |rest: &str| from_form(&format!("name=a&duration_in_minutes=1&price=0{rest}")).expect("complete");
        assert!(with("").is_active);
        assert!(!with("&is_active=false").is_active);
        assert!(with("&is_active=false&is_active=true").is_active);
    }
}
