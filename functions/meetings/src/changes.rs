//! What is to change of a meeting.

use eleva::http::{Input, Problem};

use crate::{field, meeting::Meeting, start::Start, status::Status};

/// The fields to change; `None` leaves one as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) status: Option<Status>,
    pub(crate) start: Option<Start>,
    /// `Some(None)` removes the address.
    pub(crate) meeting_url: Option<Option<String>>,
}

impl Changes {
    /// Reads changes. Errors: `invalid`, with everything that is wrong at once.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Problem> {
        let mut errors = input.surplus(&field::CHANGES);
        let changes = Self {
            status: field::status(input).optional(&mut errors),
            start: field::start_time(input).optional(&mut errors),
            meeting_url: field::meeting_url(input).optional(&mut errors),
        };
        match errors.is_empty() {
            true => Ok(changes),
            false => Err(Problem::invalid(errors)),
        }
    }

    /// Whether a meeting stands otherwise than is asked.
    pub(crate) fn change_status_of(&self, meeting: &Meeting) -> bool {
        self.status.is_some_and(|status| status != meeting.status)
    }
}
