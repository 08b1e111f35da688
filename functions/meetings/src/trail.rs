//! What the audit trail keeps of a meeting: nothing of the guest and nothing of what was noted.

use eleva::{
    audit::{Action, Entry, Resource},
    database::Transaction,
    http::Request,
};
use serde_json::{Value, json};

use crate::{meeting::Meeting, notes, status::Status};

/// That a meeting was made, with which notes.
pub(crate) fn created(request: &Request, meeting: &Meeting, notes: Option<&[u8]>) -> Entry {
    let entry = Entry::new(request, Action::AppointmentCreated, Resource::appointment(meeting.id)).after(meeting);
    match notes {
        Some(sealed) => entry.with("guest_notes_sha256", notes::fingerprint(sealed)),
        None => entry,
    }
}

/// A meeting as it was, as far as a change may concern it.
pub(crate) struct Before {
    /// The fields of it that the trail keeps.
    pub(crate) values: Value,
    pub(crate) status: Status,
    pub(crate) meeting_url: Option<String>,
}

/// Records how a meeting came to stand, and apart from it what else of it changed.
pub(crate) fn changed(transaction: &mut Transaction<'_>, request: &Request, before: &Before, now: &Meeting) {
    let entry = |action, old: &Value| Entry::new(request, action, Resource::appointment(now.id)).changed(old, now);
    let ended = match now.status {
        status if status == before.status => None,
        // Nothing leads back to it.
        Status::Scheduled => None,
        Status::Completed => Some(Action::AppointmentCompleted),
        Status::Cancelled => Some(Action::AppointmentCancelled),
        Status::NoShow => Some(Action::AppointmentNoShow),
    };
    let mut fields = Vec::new();
    if before.values["start_time"] != json!(now.start_time) {
        fields.push("start_time");
    }
    if before.meeting_url != now.meeting_url {
        fields.push("meeting_url");
    }
    if !fields.is_empty() {
        transaction.audit(entry(Action::AppointmentUpdated, &before.values).with("fields", fields));
    }
    if let Some(action) = ended {
        transaction.audit(entry(action, &json!({"status": before.status})));
    }
}
