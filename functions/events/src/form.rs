//! The form of an event, as it is shown: what the fields hold, and what is wrong with them.

use eleva::{
    http::{Form, Problem},
    page::{Corrections, format_euros},
};

use crate::{event::Event, slug};

/// The fields of the form. Everything is text, exactly as the person typed it: a refused form loses nothing.
#[derive(Debug)]
pub(crate) struct EventForm {
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) description: String,
    pub(crate) duration_in_minutes: String,
    /// In euros.
    pub(crate) price: String,
    pub(crate) is_active: bool,
    pub(crate) wrong: Corrections,
}

impl EventForm {
    /// The form for a new event.
    pub(crate) fn empty() -> Self {
        Self {
            name: String::new(),
            slug: String::new(),
            description: String::new(),
            duration_in_minutes: String::new(),
            price: String::new(),
            is_active: true,
            wrong: Corrections::default(),
        }
    }

    /// The form that changes an event.
    pub(crate) fn of(event: &Event) -> Self {
        Self {
            name: event.name.clone(),
            slug: event.slug.clone(),
            description: event.description.clone().unwrap_or_default(),
            duration_in_minutes: event.duration_in_minutes.to_string(),
            price: format_euros(event.price),
            is_active: event.is_active,
            wrong: Corrections::default(),
        }
    }

    /// A form that was sent and refused, to be corrected.
    pub(crate) fn refused(sent: &Form, problem: Problem) -> Self {
        let text = |field: &str| sent.get(field).unwrap_or_default().to_owned();
        let mut form = Self {
            name: text("name"),
            slug: text("slug"),
            description: text("description"),
            duration_in_minutes: text("duration_in_minutes"),
            price: text("price"),
            is_active: sent.all("is_active").last() != Some("false"),
            wrong: problem.into(),
        };
        // The slug that the name gave is taken: it stands there to be changed.
        if form.slug.is_empty() && form.wrong.code() == Some("slug_taken") {
            form.slug = slug::from_name(&form.name).unwrap_or_default();
        }
        form
    }
}

/// Whether a problem is one that the person mends in the form.
pub(crate) fn is_correctable(problem: &Problem) -> bool {
    matches!(problem.code(), "invalid" | "slug_taken")
}

#[cfg(test)]
mod tests {
    use eleva::http::{FieldError, Form, Problem};

    use super::EventForm;

    #[test]
    fn a_refused_form_keeps_what_was_typed() {
        let sent = Form::parse(b"name=+A+&price=free&duration_in_minutes=1e9&is_active=false&description=x%0D%0Ay")
            .expect("a form");
        let form = EventForm::refused(&sent, Problem::invalid(vec![FieldError::new("price", "No.")]));
        assert_eq!((form.name.as_str(), form.price.as_str(), form.is_active), (" A ", "free", false));
        assert_eq!((form.description.as_str(), form.duration_in_minutes.as_str()), ("x\r\ny", "1e9"));
        assert_eq!((form.wrong.error("price"), form.wrong.error("name")), (Some("No."), None));
    }

    #[test]
    fn a_taken_slug_that_the_name_gave_is_shown_to_be_changed() {
        let sent = Form::parse("name=Primeira+sessão&slug=".as_bytes()).expect("a form");
        assert_eq!(EventForm::refused(&sent, Problem::slug_taken()).slug, "primeira-sessao");
    }
}
