//! An export that is to be made.

use eleva::http::{FieldError, Input, Problem};
use jiff::{SignedDuration, Timestamp, civil::date, tz::TimeZone};
use tokio_postgres::types::{ToSql, Type};

use super::field;

/// Nothing was recorded before this year, here or by what came before.
const FIRST_YEAR: i16 = 2_000;
/// The longest period: ten years, leap years among them.
const LONGEST: SignedDuration = SignedDuration::from_hours((10 * 365 + 3) * 24);

/// What whoever asks for an export decides.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewExport {
    pub(crate) from: Timestamp,
    /// Not included. It may lie ahead: what is recorded by the time the export is begun is in it.
    pub(crate) to: Timestamp,
    pub(crate) actions: Option<Vec<&'static str>>,
    pub(crate) resource_types: Option<Vec<&'static str>>,
    pub(crate) format: &'static str,
    pub(crate) reason: String,
}

impl NewExport {
    /// Reads what is asked for. Errors: `invalid`, with everything that is wrong at once.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Problem> {
        let mut errors = input.surplus(&field::ALL);
        let from = field::moment(input, "from").required(&mut errors);
        let to = field::moment(input, "to").required(&mut errors);
        if let (Some(from), Some(to)) = (from, to) {
            errors.extend(wrong_period(from, to));
        }
        let actions = field::actions(input).optional(&mut errors).flatten();
        let resource_types = field::resource_types(input).optional(&mut errors).flatten();
        let format = field::format(input).required(&mut errors);
        let reason = field::reason(input).required(&mut errors);
        match (from, to, format, reason) {
            (Some(from), Some(to), Some(format), Some(reason)) if errors.is_empty() => {
                Ok(Self { from, to, actions, resource_types, format, reason })
            }
            _ => Err(Problem::invalid(errors)),
        }
    }

    /// The parameters of the statement that makes it.
    pub(crate) fn parameters(&self) -> [(&(dyn ToSql + Sync), Type); 6] {
        [
            (&self.from, Type::TIMESTAMPTZ),
            (&self.to, Type::TIMESTAMPTZ),
            (&self.actions, Type::TEXT_ARRAY),
            (&self.resource_types, Type::TEXT_ARRAY),
            (&self.format, Type::TEXT),
            (&self.reason, Type::TEXT),
        ]
    }
}

/// What is wrong with a period, if anything is.
fn wrong_period(from: Timestamp, to: Timestamp) -> Option<FieldError> {
    if from.to_zoned(TimeZone::UTC).datetime() < date(FIRST_YEAR, 1, 1).at(0, 0, 0, 0) {
        return Some(FieldError::new("from", "Nothing is recorded of before the year 2000. Give a later time."));
    }
    if from >= to {
        return Some(FieldError::new("to", "Give a time after the beginning of the period."));
    }
    (to.duration_since(from) > LONGEST).then(|| FieldError::new("to", "An export covers ten years at most."))
}

#[cfg(test)]
mod tests {
    use eleva::http::{Form, Input, Problem};
    use serde_json::{Value, json};

    use super::NewExport;

    fn of_json(changes: Value) -> Result<NewExport, Problem> {
        let mut document = json!({
            "from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "format": "jsonl", "reason": "An audit",
        });
        let object = document.as_object_mut().expect("an object");
        for (name, value) in changes.as_object().expect("changes") {
            object.insert(name.clone(), value.clone());
        }
        object.retain(|_, value| value != "(left out)");
        NewExport::read(&Input::Json(object.clone()))
    }

    fn wrong(changes: Value) -> Vec<String> {
        let problem = of_json(changes.clone()).expect_err(&changes.to_string());
        assert_eq!(problem.code(), "invalid", "{changes}");
        problem.errors().iter().map(|error| error.field.to_string()).collect()
    }

    #[test]
    fn an_export_is_of_a_period_and_of_everything_unless_it_is_said_of_what() {
        let export = of_json(json!({"reason": "  An audit\n"})).expect("an export");
        assert_eq!(
            (export.from.to_string(), export.to.to_string()),
            ("2026-10-01T00:00:00Z".into(), "2026-11-01T00:00:00Z".into())
        );
        assert_eq!((export.actions, export.resource_types, export.format), (None, None, "jsonl"));
        assert_eq!(export.reason, "An audit");
        let narrowed = json!({"actions": ["EVENT_UPDATED", "EVENT_CREATED"], "resource_types": null, "format": "csv"});
        let export = of_json(narrowed).expect("an export");
        assert_eq!(export.actions.as_deref(), Some(["EVENT_UPDATED", "EVENT_CREATED"].as_slice()));
        assert_eq!((export.resource_types, export.format), (None, "csv"));
        assert!(of_json(json!({"from": "2000-01-01T00:00:00Z", "to": "2010-01-01T00:00:00Z"})).is_ok(), "ten years");
        assert!(of_json(json!({"to": "2030-01-01T00:00:00+02:00"})).is_ok(), "the end may lie ahead");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let nothing = json!({"from": null, "to": "(left out)", "format": 1, "reason": "", "actions": [], "more": 1});
        assert_eq!(wrong(nothing), ["more", "from", "to", "actions", "format", "reason"]);
        for (field, value) in [
            ("from", json!("1999-12-31T23:59:59.999999Z")),
            ("from", json!("2026-10-01")),
            ("from", json!("2026-10-01T00:00:00")),
            ("from", json!(1_790_000_000)),
            ("to", json!("2026-10-01T00:00:00Z")),
            ("to", json!("2026-09-30T00:00:00Z")),
            ("to", json!("2036-10-01T00:00:00.000001Z")),
            ("actions", json!("EVENT_CREATED")),
            ("actions", json!(["event_created"])),
            ("actions", json!(["EVENT_CREATED", "EVENT_CREATED"])),
            ("actions", json!(["EVENT_CREATED", null])),
            ("resource_types", json!([])),
            ("resource_types", json!(["events"])),
            ("resource_types", json!(["event", "user", "event"])),
            ("format", json!("CSV")),
            ("format", json!("parquet")),
            ("reason", json!(" ab ")),
            ("reason", json!("x".repeat(501))),
            ("reason", json!("an\u{0}audit")),
        ] {
            assert_eq!(wrong(json!({field: value})), [field], "{value}");
        }
        assert!(of_json(json!({"reason": "é".repeat(500)})).is_ok(), "characters are counted");
    }

    #[test]
    fn a_form_says_the_same_with_times_of_utc() {
        let sent = b"from=2026-10-01T00:00&to=2026-11-01&actions=EVENT_CREATED&actions=EVENT_UPDATED&format=csv\
              &reason=+x%0D%0Ay+";
        let form = Form::parse(sent).expect("a form");
        let export = NewExport::read(&Input::Form(&form)).expect("an export");
        assert_eq!(
            (export.from.to_string(), export.to.to_string()),
            ("2026-10-01T00:00:00Z".into(), "2026-11-01T00:00:00Z".into())
        );
        assert_eq!(export.actions.as_deref(), Some(["EVENT_CREATED", "EVENT_UPDATED"].as_slice()));
        assert_eq!((export.resource_types, export.reason.as_str()), (None, "x\ny"));
    }
}
