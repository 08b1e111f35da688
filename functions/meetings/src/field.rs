//! The fields of a meeting that a caller may give, each with its rule.

use eleva::http::{Field, Given, Input, instant, parse_id};
use uuid::Uuid;

use crate::{start::Start, status::Status};

/// The names of the fields that make a meeting.
pub(crate) const NEW: [&str; 6] = ["event_id", "start_time", "timezone", "guest_email", "guest_name", "guest_notes"];
/// The names of the fields that change one.
pub(crate) const CHANGES: [&str; 3] = ["status", "start_time", "meeting_url"];

const LONGEST_NAME: usize = 200;
const LONGEST_EMAIL: usize = 320;
const SHORTEST_EMAIL: usize = 3;
const LONGEST_NOTES: usize = 5_000;
const LONGEST_URL: usize = 2_048;
/// Longer than the name of any time zone.
const LONGEST_TIMEZONE: usize = 64;

/// The event that is booked.
pub(crate) fn event_id(input: &Input<'_>) -> Field<Uuid> {
    let given = input.text("event_id").accept(|text| parse_id(&text));
    Field { name: "event_id", rule: "Choose an event.", given }
}

/// When it starts.
pub(crate) fn start_time(input: &Input<'_>) -> Field<Start> {
    let text = input.text("start_time");
    let (given, rule) = match input {
        Input::Json(_) => (
            text.accept(|text| instant::with_offset(&text).and_then(Start::at)),
            "Give a time of RFC 3339 with its offset, such as 2026-12-01T10:00:00Z.",
        ),
        Input::Form(_) => (
            text.accept(|text| instant::clock_reading(&text).and_then(Start::reading)),
            "Give a date and a time, such as 2026-12-01T10:00.",
        ),
    };
    Field { name: "start_time", rule, given }
}

/// The guest's time zone, as far as that can be told without the list of all of them, which the database has.
pub(crate) fn timezone(input: &Input<'_>) -> Field<String> {
    let fits = |text: &String| text.len() <= LONGEST_TIMEZONE && !text.contains(char::is_control);
    let given = input.text("timezone").accept(|text| Some(text).filter(fits));
    Field { name: "timezone", rule: TIMEZONE_RULE, given }
}

/// What a time zone is.
pub(crate) const TIMEZONE_RULE: &str = "Give the name of a time zone, such as Europe/Lisbon.";

/// The guest's address, as it is given: whether it reaches anybody, only a message to it can show.
pub(crate) fn guest_email(input: &Input<'_>) -> Field<String> {
    let given = input.text("guest_email").accept(|text| Some(text).filter(|text| is_email(text)));
    Field { name: "guest_email", rule: "Give an e-mail address.", given }
}

fn is_email(text: &str) -> bool {
    let is_refused = |character: char| character.is_whitespace() || character.is_control();
    (SHORTEST_EMAIL..=LONGEST_EMAIL).contains(&text.chars().count())
        && !text.contains(is_refused)
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

/// The guest's name: one line, without the space around it.
pub(crate) fn guest_name(input: &Input<'_>) -> Field<String> {
    let accept = |text: String| {
        let name = text.trim();
        let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.contains(char::is_control);
        fits.then(|| name.to_owned())
    };
    let given = input.text("guest_name").accept(accept);
    Field { name: "guest_name", rule: "Give a name of 1 to 200 characters.", given }
}

/// What the guest would have the expert know beforehand: several lines, or none. PHI.
pub(crate) fn guest_notes(input: &Input<'_>) -> Field<Option<String>> {
    let is_refused = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    let fits = |text: &String| text.chars().count() <= LONGEST_NOTES && !text.contains(is_refused);
    let accept = |text: Option<String>| {
        let text = text.filter(|text| !text.is_empty());
        text.as_ref().is_none_or(fits).then_some(text)
    };
    let given = input.nullable_text("guest_notes").accept(accept);
    Field { name: "guest_notes", rule: "Give notes of at most 5000 characters.", given }
}

/// How the meeting is to stand.
pub(crate) fn status(input: &Input<'_>) -> Field<Status> {
    let given = input.text("status").accept(|text| Status::parse(&text));
    Field { name: "status", rule: "Give scheduled, completed, cancelled or no_show.", given }
}

/// Where they meet, or nowhere online.
pub(crate) fn meeting_url(input: &Input<'_>) -> Field<Option<String>> {
    let accept = |text: Option<String>| text.as_deref().is_none_or(is_url).then_some(text);
    let given: Given<Option<String>> = input.nullable_text("meeting_url").accept(accept);
    let rule = "Give an address that begins with https:// and has at most 2048 characters, none of them a space.";
    Field { name: "meeting_url", rule, given }
}

/// The database's `meetings_meeting_url_check` says the same.
fn is_url(text: &str) -> bool {
    let is_refused = |character: char| character.is_whitespace() || character.is_control();
    text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
        && text.chars().count() <= LONGEST_URL
        && !text.contains(is_refused)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_EMAIL, LONGEST_URL, is_email, is_url};

    #[test]
    fn an_address_has_one_at_sign_with_something_on_both_sides() {
        let longest = format!("{}@b", "é".repeat(LONGEST_EMAIL - 2));
        for text in ["a@b", "Ana.Silva+1@clínica.example", "\"<b>\"@example.org", longest.as_str()] {
            assert!(is_email(text), "{text}");
        }
        let too_long = format!("é{longest}");
        for text in
            ["", "a@", "@b", "ab", "a@b@c", "a b@c", "a@b\n", "a\u{a0}@b", "a\0@b", "a\u{7f}@b", too_long.as_str()]
        {
            assert!(!is_email(text), "{text:?}");
        }
    }

    #[test]
    fn a_place_to_meet_is_an_address_of_https_without_spaces() {
        let longest = format!("https://{}", "é".repeat(LONGEST_URL - 8));
        for text in ["https://meet.example/x?y=1#z", "https://ñ.example", longest.as_str()] {
            assert!(is_url(text), "{text}");
        }
        let too_long = format!("{longest}é");
        for text in [
            "",
            "https://",
            "http://meet.example",
            "HTTPS://meet.example",
            "javascript:alert(1)",
            "https://meet.example/a b",
            "https://meet.example/\u{2003}",
            "https://meet.example/\0",
            " https://meet.example",
            too_long.as_str(),
        ] {
            assert!(!is_url(text), "{text:?}");
        }
    }
}
