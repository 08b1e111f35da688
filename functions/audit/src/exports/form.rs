//! The form that asks for an export, as it is shown: what the fields hold, and what is wrong with them.

use eleva::{
    audit::{Action, ResourceType},
    http::{Form, Problem, instant},
    page::Corrections,
};
use jiff::{Timestamp, ToSpan, civil::Date};

/// Everything is text, exactly as the person typed it: a refused form loses nothing.
#[derive(Debug)]
pub(crate) struct ExportForm {
    pub(crate) from: String,
    pub(crate) to: String,
    actions: Vec<String>,
    resource_types: Vec<String>,
    format: String,
    pub(crate) reason: String,
    pub(crate) wrong: Corrections,
}

impl ExportForm {
    /// A form that nobody has filled in yet: of the month (UTC) that was over last at this moment.
    pub(crate) fn of_last_month(now: Timestamp) -> Self {
        let this_month = instant::day(now).first_of_month();
        let last_month = this_month.checked_sub(1.month()).unwrap_or(this_month);
        let field = |day: Date| day.at(0, 0, 0, 0).strftime("%Y-%m-%dT%H:%M:%S").to_string();
        Self {
            from: field(last_month),
            to: field(this_month),
            actions: Vec::new(),
            resource_types: Vec::new(),
            format: "jsonl".to_owned(),
            reason: String::new(),
            wrong: Corrections::default(),
        }
    }

    /// One that was sent and refused, to be corrected.
    pub(crate) fn refused(sent: &Form, problem: Problem) -> Self {
        let text = |field: &str| sent.get(field).unwrap_or_default().to_owned();
        let texts = |field: &str| sent.all(field).map(str::to_owned).collect();
        Self {
            from: text("from"),
            to: text("to"),
            actions: texts("actions"),
            resource_types: texts("resource_types"),
            format: text("format"),
            reason: text("reason"),
            wrong: problem.into(),
        }
    }

    /// Whether this action was chosen.
    pub(crate) fn has_action(&self, action: &Action) -> bool {
        self.actions.iter().any(|own| own == action.as_str())
    }

    /// Whether this type was chosen.
    pub(crate) fn has_resource_type(&self, kind: &ResourceType) -> bool {
        self.resource_types.iter().any(|own| own == kind.as_str())
    }

    /// Whether this format was chosen.
    pub(crate) fn has_format(&self, format: &str) -> bool {
        self.format == format
    }
}

/// Whether a problem is one that the person mends in the form, or that a later attempt mends.
pub(crate) fn is_correctable(problem: &Problem) -> bool {
    matches!(problem.code(), "invalid" | "too_many_exports")
}

#[cfg(test)]
mod tests {
    use eleva::{
        audit::{Action, ResourceType},
        http::{FieldError, Form, Problem},
    };

    use super::ExportForm;

    #[test]
    fn an_untouched_form_is_of_the_month_before() {
        let of = |now: &str| {
            let form = ExportForm::of_last_month(now.parse().expect("a time"));
            (form.from, form.to)
        };
        assert_eq!(of("2026-11-28T13:36:53Z"), ("2026-10-01T00:00:00".into(), "2026-11-01T00:00:00".into()));
        assert_eq!(of("2027-01-01T00:00:00Z"), ("2026-12-01T00:00:00".into(), "2027-01-01T00:00:00".into()));
    }

    #[test]
    fn a_refused_form_keeps_what_was_typed() {
        let sent = b"from=soon&to=&actions=EVENT_CREATED&actions=NONE&resource_types=event&format=csv&reason=+x%0D%0Ay";
        let sent = Form::parse(sent).expect("a form");
        let form = ExportForm::refused(&sent, Problem::invalid(vec![FieldError::new("from", "No.")]));
        assert_eq!((form.from.as_str(), form.to.as_str(), form.reason.as_str()), ("soon", "", " x\r\ny"));
        assert!(form.has_action(&Action::EventCreated) && !form.has_action(&Action::EventUpdated));
        assert!(form.has_resource_type(&ResourceType::Event) && !form.has_resource_type(&ResourceType::User));
        assert!(form.has_format("csv") && !form.has_format("jsonl"));
        assert_eq!(form.wrong.error("from"), Some("No."));
    }
}
