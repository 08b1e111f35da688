//! A meeting that is to be made.

use eleva::http::{Input, Problem};
use uuid::Uuid;

use crate::{field, start::Start};

/// Everything that the caller decides about a new meeting; the expert is the event's.
#[derive(PartialEq, Eq)]
pub(crate) struct NewMeeting {
    pub(crate) event_id: Uuid,
    pub(crate) start: Start,
    pub(crate) timezone: String,
    pub(crate) guest_email: String,
    pub(crate) guest_name: String,
    pub(crate) guest_notes: Option<String>,
}

impl NewMeeting {
    /// Reads a new meeting. Errors: `invalid`, with everything that is wrong at once.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Problem> {
        let mut errors = input.surplus(&field::NEW);
        let event_id = field::event_id(input).required(&mut errors);
        let start = field::start_time(input).required(&mut errors);
        let timezone = field::timezone(input).required(&mut errors);
        let guest_name = field::guest_name(input).required(&mut errors);
        let guest_email = field::guest_email(input).required(&mut errors);
        let guest_notes = field::guest_notes(input).optional(&mut errors).flatten();
        match (event_id, start, timezone, guest_email, guest_name) {
            (Some(event_id), Some(start), Some(timezone), Some(guest_email), Some(guest_name)) if errors.is_empty() => {
                Ok(Self { event_id, start, timezone, guest_email, guest_name, guest_notes })
            }
            _ => Err(Problem::invalid(errors)),
        }
    }
}
