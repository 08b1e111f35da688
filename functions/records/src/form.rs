//! The form of a record, as it is shown: what the fields hold, and what is wrong with them.

use eleva::{
    http::{Form, Problem},
    page::Corrections,
};
use zeroize::Zeroizing;

use crate::opened::{Metadata, OpenedRecord};

/// The fields of the form. Everything is text, exactly as the person typed it: a refused form loses nothing.
pub(crate) struct RecordForm {
    pub(crate) content: Zeroizing<String>,
    /// A JSON object, or nothing.
    pub(crate) metadata: Zeroizing<String>,
    /// The version that it was made of; of a new record, none.
    pub(crate) version: String,
    pub(crate) wrong: Corrections,
}

impl RecordForm {
    /// The form for a new record.
    pub(crate) fn empty() -> Self {
        Self {
            content: Zeroizing::default(),
            metadata: Zeroizing::default(),
            version: String::new(),
            wrong: Corrections::default(),
        }
    }

    /// The form that changes a record.
    pub(crate) fn of(record: OpenedRecord) -> Self {
        Self {
            content: record.content.into_text(),
            metadata: record.metadata.map(Metadata::into_text).unwrap_or_default(),
            version: record.version.to_string(),
            wrong: Corrections::default(),
        }
    }

    /// A form that was sent and refused, to be corrected.
    pub(crate) fn refused(sent: &Form, problem: Problem) -> Self {
        let text = |field: &str| sent.get(field).unwrap_or_default().to_owned();
        Self {
            content: Zeroizing::new(text("content")),
            metadata: Zeroizing::new(text("metadata")),
            version: text("version"),
            wrong: problem.into(),
        }
    }

    /// A form that was made of an earlier version: sent once more, it takes the place of this one.
    pub(crate) fn onto(self, version: i32) -> Self {
        Self { version: version.to_string(), ..self }
    }

    /// Whether the metadata's field is to be in sight.
    pub(crate) fn shows_metadata(&self) -> bool {
        !self.metadata.is_empty() || self.wrong.error("metadata").is_some()
    }
}

/// Whether a problem is one that the person mends in the form.
pub(crate) fn is_correctable(problem: &Problem) -> bool {
    matches!(problem.code(), "invalid" | "too_large")
}

#[cfg(test)]
mod tests {
    use eleva::http::{Form, Problem};

    use super::RecordForm;

    #[test]
    fn a_refused_form_keeps_what_was_typed() {
        let sent = Form::parse(b"content=+A%0D%0A+&metadata=%7B&version=2").expect("a form");
        let form = RecordForm::refused(&sent, Problem::field_too_large("content", 1));
        assert_eq!((form.content.as_str(), form.metadata.as_str(), form.version.as_str()), (" A\r\n ", "{", "2"));
        assert_eq!(form.wrong.error("content"), Some("Give at most 1 bytes."));
        assert!(form.shows_metadata() && !RecordForm::empty().shows_metadata());
        assert_eq!(form.onto(5).version, "5");
    }
}
