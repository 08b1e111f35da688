//! What a request says, as JSON or as a form: two spellings of the same document.

use eleva::http::{FieldError, Form, Problem, Request};
use serde_json::{Map, Value};

use crate::price;

/// The document that a request carries.
pub(crate) enum Input<'a> {
    /// JSON: typed, prices in cents.
    Json(Map<String, Value>),
    /// A form: text throughout, prices in euros.
    Form(&'a Form),
}

/// What is said of one field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Given<T> {
    /// Nothing: it was left out.
    Nothing,
    /// Something that the field cannot take.
    Unacceptable,
    /// A value.
    Value(T),
}

impl<T> Given<T> {
    /// Keeps a value only in the form in which `accept` takes it.
    pub(crate) fn accept<U>(self, accept: impl FnOnce(T) -> Option<U>) -> Given<U> {
        match self {
            Self::Nothing => Given::Nothing,
            Self::Unacceptable => Given::Unacceptable,
            Self::Value(value) => accept(value).map_or(Given::Unacceptable, Given::Value),
        }
    }
}

impl<'a> Input<'a> {
    /// The document of a request. Errors: those of [`Request::json_object`].
    pub(crate) fn of(request: &'a Request) -> Result<Self, Problem> {
        match request.form() {
            Some(form) => Ok(Self::Form(form)),
            None => Ok(Self::Json(request.json_object()?)),
        }
    }

    /// An error for every JSON field that is not among `known`: what would be ignored silently was meant to do
    /// something. Forms carry fields of their own.
    pub(crate) fn surplus(&self, known: &[&str]) -> Vec<FieldError> {
        let Self::Json(object) = self else { return Vec::new() };
        let surplus = object.keys().filter(|name| !known.contains(&name.as_str()));
        surplus.map(|name| FieldError::new(name.clone(), "This field is not known here, or cannot be set.")).collect()
    }

    /// A text.
    pub(crate) fn text(&self, field: &str) -> Given<String> {
        self.nullable_text(field).accept(|text| text)
    }

    /// A text that may be null. A form says null by leaving the field empty.
    pub(crate) fn nullable_text(&self, field: &str) -> Given<Option<String>> {
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

    /// A whole number.
    pub(crate) fn integer(&self, field: &str) -> Given<i64> {
        self.number(field, |text| text.parse().ok())
    }

    /// An amount in minor units.
    pub(crate) fn amount(&self, field: &str) -> Given<i64> {
        self.number(field, price::parse_euros)
    }

    fn number(&self, field: &str, parse: impl FnOnce(&str) -> Option<i64>) -> Given<i64> {
        match self {
            Self::Json(object) => match object.get(field) {
                None => Given::Nothing,
                Some(value) => value.as_i64().map_or(Given::Unacceptable, Given::Value),
            },
            Self::Form(_) => self.text(field).accept(|text| parse(&text)),
        }
    }

    /// True or false.
    pub(crate) fn flag(&self, field: &str) -> Given<bool> {
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
