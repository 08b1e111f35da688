//! One field of what a request says, with its rule.

use super::{input::Given, problem::FieldError};

/// A field as given, with the rule that says what would be acceptable.
#[derive(Debug)]
pub struct Field<T> {
    /// The field's name, as in the JSON body.
    pub name: &'static str,
    /// What would be acceptable, for people, ending in a full stop.
    pub rule: &'static str,
    /// What was given.
    pub given: Given<T>,
}

impl<T> Field<T> {
    /// The value of a field that may be left out.
    pub fn optional(self, errors: &mut Vec<FieldError>) -> Option<T> {
        match self.given {
            Given::Nothing => None,
            Given::Value(value) => Some(value),
            Given::Unacceptable => {
                errors.push(FieldError::new(self.name, self.rule));
                None
            }
        }
    }

    /// The value of a field that must be there; `None` always comes with an error.
    pub fn required(self, errors: &mut Vec<FieldError>) -> Option<T> {
        let given = match self.given {
            Given::Nothing => Given::Unacceptable,
            given => given,
        };
        Self { given, ..self }.optional(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::Field;
    use crate::http::input::Given;

    fn field(given: Given<i32>) -> Field<i32> {
        Field { name: "size", rule: "Give a size.", given }
    }

    #[test]
    fn what_is_missing_or_unacceptable_is_an_error_that_names_the_field() {
        let mut errors = Vec::new();
        assert_eq!(field(Given::Value(1)).required(&mut errors), Some(1));
        assert_eq!(field(Given::Value(1)).optional(&mut errors), Some(1));
        assert_eq!(field(Given::Nothing).optional(&mut errors), None);
        assert!(errors.is_empty());
        assert_eq!(field(Given::Nothing).required(&mut errors), None);
        assert_eq!(field(Given::Unacceptable).optional(&mut errors), None);
        assert_eq!(field(Given::Unacceptable).required(&mut errors), None);
        let said: Vec<(&str, &str)> = errors.iter().map(|error| (&*error.field, &*error.message)).collect();
        assert_eq!(said, [("size", "Give a size."); 3]);
    }
}
