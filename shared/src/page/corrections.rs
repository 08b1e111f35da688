//! What is wrong with a form that was sent, where the form is shown again.

use crate::http::Problem;

/// The problem that a form met with; of a form that was not sent, none.
#[derive(Debug, Default)]
pub struct Corrections(Option<Problem>);

impl From<Problem> for Corrections {
    fn from(problem: Problem) -> Self {
        Self(Some(problem))
    }
}

impl Corrections {
    /// The problem's code; none when nothing is wrong.
    pub fn code(&self) -> Option<&'static str> {
        self.0.as_ref().map(Problem::code)
    }

    /// What to say above the form; none when nothing is wrong.
    pub fn summary(&self) -> Option<&str> {
        self.0.as_ref().map(Problem::detail)
    }

    /// Whether the page is to open at this field: the first one that needs correcting.
    pub fn opens_at(&self, field: &str) -> bool {
        let first = self.0.as_ref().and_then(|problem| problem.errors().first());
        first.is_some_and(|error| error.field == field)
    }

    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<&str> {
        let errors = self.0.as_ref().map(Problem::errors).unwrap_or_default();
        errors.iter().find(|error| error.field == field).map(|error| error.message.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::Corrections;
    use crate::http::{FieldError, Problem};

    #[test]
    fn a_form_opens_at_the_first_field_that_needs_correcting() {
        let errors = vec![FieldError::new("price", "No."), FieldError::new("name", "Nor this.")];
        let wrong = Corrections::from(Problem::invalid(errors));
        assert!(wrong.opens_at("price") && !wrong.opens_at("name"));
        assert_eq!(
            (wrong.error("price"), wrong.error("name"), wrong.error("slug")),
            (Some("No."), Some("Nor this."), None)
        );
        assert_eq!((wrong.code(), wrong.summary().is_some()), (Some("invalid"), true));
    }

    #[test]
    fn nothing_is_wrong_with_a_form_that_was_not_sent() {
        let wrong = Corrections::default();
        assert_eq!((wrong.code(), wrong.summary(), wrong.error("name")), (None, None, None));
        assert!(!wrong.opens_at("name"));
    }
}
