//! The forms of meetings, as they are shown: what the fields hold, and what is wrong with them.

use eleva::{
    http::{Form, Problem},
    page::Corrections,
};

use crate::shown::Shown;

/// The form for a new meeting. Everything is text, exactly as the person typed it: a refused form loses nothing. No
/// `Debug`: notes are PHI.
#[derive(Default)]
pub(crate) struct MeetingForm {
    pub(crate) event_id: String,
    pub(crate) start_time: String,
    /// The organization's, until somebody types another.
    timezone: Option<String>,
    pub(crate) guest_name: String,
    pub(crate) guest_email: String,
    pub(crate) guest_notes: String,
    pub(crate) wrong: Corrections,
}

impl MeetingForm {
    /// A form that was sent and refused, to be corrected.
    pub(crate) fn refused(sent: &Form, problem: Problem) -> Self {
        let text = |field: &str| sent.get(field).unwrap_or_default().to_owned();
        Self {
            event_id: text("event_id"),
            start_time: text("start_time"),
            timezone: Some(text("timezone")),
            guest_name: text("guest_name"),
            guest_email: text("guest_email"),
            guest_notes: text("guest_notes"),
            wrong: problem.into(),
        }
    }

    /// What the field for the time zone holds.
    pub(crate) fn timezone_or<'a>(&'a self, organizations: &'a str) -> &'a str {
        self.timezone.as_deref().unwrap_or(organizations)
    }
}

/// The forms that change a meeting.
#[derive(Debug)]
pub(crate) struct ChangeForm {
    start_time: Option<String>,
    meeting_url: Option<String>,
    pub(crate) wrong: Corrections,
}

impl ChangeForm {
    /// The forms of a meeting that nobody has sent yet.
    pub(crate) fn untouched() -> Self {
        Self { start_time: None, meeting_url: None, wrong: Corrections::default() }
    }

    /// One that was sent and refused, to be corrected.
    pub(crate) fn refused(sent: &Form, problem: Problem) -> Self {
        let text = |field: &str| sent.get(field).map(str::to_owned);
        Self { start_time: text("start_time"), meeting_url: text("meeting_url"), wrong: problem.into() }
    }

    /// What the field for the time holds.
    pub(crate) fn start_time_or<'a>(&'a self, shown: &'a Shown) -> &'a str {
        self.start_time.as_deref().unwrap_or(&shown.field_start)
    }

    /// What the field for the address holds.
    pub(crate) fn meeting_url_or<'a>(&'a self, shown: &'a Shown) -> &'a str {
        self.meeting_url.as_deref().or(shown.meeting.meeting_url.as_deref()).unwrap_or_default()
    }
}

/// Whether a problem is one that the person mends in the form.
pub(crate) fn is_correctable(problem: &Problem) -> bool {
    matches!(problem.code(), "invalid" | "time_conflict")
}

#[cfg(test)]
mod tests {
    use eleva::http::{FieldError, Form, Problem};

    use super::MeetingForm;

    #[test]
    fn a_refused_form_keeps_what_was_typed() {
        let sent =
            Form::parse(b"event_id=x&start_time=soon&timezone=&guest_name=+A+&guest_email=a&guest_notes=x%0D%0Ay")
                .expect("a form");
        let form = MeetingForm::refused(&sent, Problem::invalid(vec![FieldError::new("start_time", "No.")]));
        assert_eq!((form.event_id.as_str(), form.start_time.as_str(), form.guest_name.as_str()), ("x", "soon", " A "));
        assert_eq!((form.guest_email.as_str(), form.guest_notes.as_str()), ("a", "x\r\ny"));
        assert_eq!(form.timezone_or("Europe/Lisbon"), "", "emptied is not untouched");
        assert_eq!(MeetingForm::default().timezone_or("Europe/Lisbon"), "Europe/Lisbon");
        assert_eq!(form.wrong.error("start_time"), Some("No."));
    }
}
