//! What a request says, as JSON or as a form: two spellings of the same document.

use serde_json::{Map, Value};

use super::{
    form::Form,
    problem::{FieldError, Problem},
    request::Request,
};

/// The document that a request carries.
pub enum Input<'a> {
    /// JSON: typed.
    Json(Map<String, Value>),
    /// A form: text throughout.
    Form(&'a Form),
}

/// What is said of one field.
#[derive(Debug, PartialEq, Eq)]
pub enum Given<T> {
    /// Nothing: it was left out.
    Nothing,
    /// Something that the field cannot take.
    Unacceptable,
    /// A value.
    Value(T),
}

impl<T> Given<T> {
    /// Keeps a value only in the form in which `accept` takes it.
    pub fn accept<U>(self, accept: impl FnOnce(T) -> Option<U>) -> Given<U> {
        match self {
            Self::Nothing => Given::Nothing,
            Self::Unacceptable => Given::Unacceptable,
            Self::Value(value) => accept(value).map_or(Given::Unacceptable, Given::Value),
        }
    }
}

impl<'a> Input<'a> {
    /// The document of a request. Errors: those of [`Request::json_object`].
    pub fn of(request: &'a Request) -> Result<Self, Problem> {
        match request.form() {
            Some(form) => Ok(Self::Form(form)),
            None => Ok(Self::Json(request.json_object()?)),
        }
    }

    /// An error for every JSON field that is not among `known`: what would be ignored silently was meant to do
    /// something. Forms carry fields of their own.
    pub fn surplus(&self, known: &[&str]) -> Vec<FieldError> {
        let Self::Json(object) = self else { return Vec::new() };
        let surplus = object.keys().filter(|name| !known.contains(&name.as_str()));
        surplus.map(|name| FieldError::new(name.clone(), "This field is not known here, or cannot be set.")).collect()
    }

    /// A text.
    pub fn text(&self, field: &str) -> Given<String> {
        self.nullable_text(field).accept(|text| text)
    }

    /// A text that may be null. A form says null by leaving the field empty.
    pub fn nullable_text(&self, field: &str) -> Given<Option<String>> {
        match self {
            Self::Json(object) => match object.get(field) {
                None => Given::Nothing,
                Some(Value::Null) => Given::Value(None),
                Some(Value::String(text)) => Given::Value(Some(text.clone())),
                Some(_) => Given::Unacceptable,
            },
            Self::Form(form) => match form.text(field) {
                None => Given::Nothing,
                Some(text) => Given::Value(Some(text).filter(|text| !text.is_empty())),
            },
        }
    }

    /// Texts, or null. A form says null by giving none of them that says something.
    pub fn nullable_texts(&self, field: &str) -> Given<Option<Vec<String>>> {
        match self {
            Self::Json(object) => match object.get(field) {
                None => Given::Nothing,
                Some(Value::Null) => Given::Value(None),
                Some(Value::Array(items)) => {
                    let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
                    texts.collect::<Option<Vec<_>>>().map_or(Given::Unacceptable, |texts| Given::Value(Some(texts)))
                }
                Some(_) => Given::Unacceptable,
            },
            Self::Form(form) => {
                let texts: Vec<String> = form.all(field).filter(|text| !text.is_empty()).map(str::to_owned).collect();
                Given::Value(Some(texts).filter(|texts| !texts.is_empty()))
            }
        }
    }

    /// A whole number.
    pub fn integer(&self, field: &str) -> Given<i64> {
        self.number(field, whole, |text| text.parse().ok())
    }

    /// A number, read from JSON in one way and from a form's text in another.
    pub fn number(
        &self,
        field: &str,
        read: impl FnOnce(&Value) -> Option<i64>,
        parse: impl FnOnce(&str) -> Option<i64>,
    ) -> Given<i64> {
        match self {
            Self::Json(object) => match object.get(field) {
                None => Given::Nothing,
                Some(value) => read(value).map_or(Given::Unacceptable, Given::Value),
            },
            Self::Form(_) => self.text(field).accept(|text| parse(&text)),
        }
    }

    /// True or false.
    pub fn flag(&self, field: &str) -> Given<bool> {
        match self {
            Self::Json(object) => match object.get(field) {
                None => Given::Nothing,
                Some(value) => value.as_bool().map_or(Given::Unacceptable, Given::Value),
            },
            // A checkbox sends nothing when it is not ticked; a hidden field of its name before it says so.
            Self::Form(form) => match form.all(field).last() {
                None => Given::Nothing,
                Some(text) => text.parse().map_or(Given::Unacceptable, Given::Value),
            },
        }
    }
}

/// A whole number, however it is written: `50.0` and `5e1` are integers too (JSON Schema 2020-12, section 6.1.1 of its
/// validation), and there are clients that know only one kind of number. Up to 2^53 each double is exactly one.
fn whole(value: &Value) -> Option<i64> {
    const MOST_EXACT: f64 = 9_007_199_254_740_992.0;
    let from_double = |number: &f64| number.fract() == 0.0 && number.abs() <= MOST_EXACT;
    value.as_i64().or_else(|| value.as_f64().filter(from_double).map(|number| number as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Given, Input, whole};
    use crate::http::Form;

    #[test]
    fn texts_are_a_list_or_a_field_that_repeats() {
        let of_json = |value: Value| Input::Json(Map::from_iter([("a".to_owned(), value)])).nullable_texts("a");
        let texts = |texts: &[&str]| Given::Value(Some(texts.iter().map(|text| (*text).to_owned()).collect()));
        assert_eq!(of_json(json!(["x", "y", "x"])), texts(&["x", "y", "x"]));
        assert_eq!((of_json(json!([])), of_json(json!(null))), (texts(&[]), Given::Value(None)));
        for other in [json!("x"), json!(["x", 1]), json!({"0": "x"}), json!([null])] {
            assert_eq!(of_json(other.clone()), Given::Unacceptable, "{other}");
        }
        assert_eq!(Input::Json(Map::new()).nullable_texts("a"), Given::Nothing);
        let form = Form::parse(b"a=x&b=z&a=&a=y").expect("a form");
        assert_eq!(Input::Form(&form).nullable_texts("a"), texts(&["x", "y"]));
        assert_eq!(Input::Form(&form).nullable_texts("c"), Given::Value(None));
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let read = |text: &str| whole(&serde_json::from_str::<Value>(text).expect("JSON"));
        for text in ["50", "50.0", "5e1", "500e-1"] {
            assert_eq!(read(text), Some(50), "{text}");
        }
        assert_eq!((read("0"), read("-0.0"), read("-1.0")), (Some(0), Some(0), Some(-1)));
        for text in ["50.5", "1e300", "9007199254740994.0", "18446744073709551615", "\"50\"", "null", "true", "[50]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
