//! What whoever asks for an export decides, field by field, each with its rule.

use eleva::{
    audit::{Action, ResourceType},
    http::{Field, Given, Input, instant},
};
use jiff::Timestamp;

/// The names of the fields.
pub(crate) const ALL: [&str; 6] = ["from", "to", "actions", "resource_types", "format", "reason"];

const SHORTEST_REASON: usize = 3;
const LONGEST_REASON: usize = 500;

/// The beginning of the period, or its end, which is not included.
pub(crate) fn moment(input: &Input<'_>, name: &'static str) -> Field<Timestamp> {
    let text = input.text(name);
    let (given, rule) = match input {
        Input::Json(_) => (
            text.accept(|text| instant::with_offset(&text)),
            "Give a time of RFC 3339 with its offset, such as 2026-11-01T00:00:00Z.",
        ),
        Input::Form(_) => {
            (text.accept(|text| instant::parse(&text)), "Give a date and a time, such as 2026-11-01T00:00.")
        }
    };
    Field { name, rule, given }
}

/// The actions that it has; none stands for all.
pub(crate) fn actions(input: &Input<'_>) -> Field<Option<Vec<&'static str>>> {
    let given = known(input, "actions", |name| Action::parse(name).map(Action::as_str));
    Field {
        name: "actions",
        rule: "Name actions of the audit log, each once and one at least, or leave them out.",
        given,
    }
}

/// The types of resources that it has; none stands for all.
pub(crate) fn resource_types(input: &Input<'_>) -> Field<Option<Vec<&'static str>>> {
    let given = known(input, "resource_types", |name| ResourceType::parse(name).map(ResourceType::as_str));
    let rule = "Name types of resources of the audit log, each once and one at least, or leave them out.";
    Field { name: "resource_types", rule, given }
}

/// How its rows are written.
pub(crate) fn format(input: &Input<'_>) -> Field<&'static str> {
    let given = input.text("format").accept(|text| ["csv", "jsonl"].into_iter().find(|format| *format == text));
    Field { name: "format", rule: "Choose csv or jsonl.", given }
}

/// Why somebody wants it: lines of text, without the space around them.
pub(crate) fn reason(input: &Input<'_>) -> Field<String> {
    let is_refused = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    let accept = |text: String| {
        let reason = text.trim();
        let fits = (SHORTEST_REASON..=LONGEST_REASON).contains(&reason.chars().count()) && !reason.contains(is_refused);
        fits.then(|| reason.to_owned())
    };
    let given = input.text("reason").accept(accept);
    Field { name: "reason", rule: "Say in 3 to 500 characters what the export is for.", given }
}

/// Names that the trail has, each once and one at least; null is as good as nothing.
fn known(
    input: &Input<'_>,
    field: &'static str,
    parse: impl Fn(&str) -> Option<&'static str>,
) -> Given<Option<Vec<&'static str>>> {
    input.nullable_texts(field).accept(|texts| {
        let Some(texts) = texts else { return Some(None) };
        let names: Vec<&str> = texts.iter().map(|text| parse(text)).collect::<Option<_>>()?;
        let is_repeated = names.iter().enumerate().any(|(place, name)| names[..place].contains(name));
        (!names.is_empty() && !is_repeated).then_some(Some(names))
    })
}
