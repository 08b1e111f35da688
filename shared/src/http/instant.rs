//! Moments, as clients and the fields of forms write them.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// The longest text that is looked at, in bytes.
const LONGEST: usize = 40;

/// Reads a moment, to the microsecond: RFC 3339, or, taken as UTC, what `<input type="datetime-local">` and
/// `<input type="date">` send (HTML, "dates and times"). `None` for anything else, and for years of more than four
/// digits.
pub fn parse(text: &str) -> Option<Timestamp> {
    let in_utc = || {
        let moment = clock_reading(text).or_else(|| date(text))?;
        from_microseconds(moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
    };
    with_offset(text).or_else(in_utc)
}

/// Reads a moment of RFC 3339, to the microsecond, and nothing else.
pub fn with_offset(text: &str) -> Option<Timestamp> {
    let moment: Timestamp = digits_and_signs(text)?.parse().ok()?;
    from_microseconds(moment.as_microsecond())
}

/// Reads a date and a time without an offset, as `<input type="datetime-local">` sends them: what clocks show
/// somewhere.
pub fn clock_reading(text: &str) -> Option<DateTime> {
    let (_, time) = digits_and_signs(text)?.split_once(['T', 't', ' '])?;
    // A time with an offset that is not one would be taken without it.
    if time.contains(['-', '+', 'Z', 'z']) { None } else { text.parse().ok() }
}

/// A date and nothing more: what follows one would be taken for none.
fn date(text: &str) -> Option<DateTime> {
    let date = digits_and_signs(text).filter(|text| text.len() == "2026-11-28".len())?;
    date.parse::<Date>().ok().map(DateTime::from)
}

/// The text, if it begins with a year of four digits and has nothing in it that none of the forms has.
fn digits_and_signs(text: &str) -> Option<&str> {
    let is_of_one_kind = text.len() <= LONGEST
        && text.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()))
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-+:.TtZz ".contains(&byte))
        && text.as_bytes().get(4) == Some(&b'-');
    is_of_one_kind.then_some(text)
}

/// The moment so many microseconds after the Unix epoch, if it is of a year that RFC 3339 can write: Postgres has not
/// all that this type has.
pub fn from_microseconds(microseconds: i64) -> Option<Timestamp> {
    let moment = Timestamp::from_microsecond(microseconds).ok()?;
    (0..=9999).contains(&moment.to_zoned(TimeZone::UTC).year()).then_some(moment)
}

/// As `<input type="datetime-local">` takes it, in UTC, to the second.
pub fn to_field(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).datetime().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// As people read it, in UTC: `28 Nov 2026, 14:05`.
pub fn to_text(moment: &Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).datetime().strftime("%-d %b %Y, %H:%M").to_string()
}

/// The day that it lies in, in UTC.
pub fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::{clock_reading, parse, to_field, to_text, with_offset};

    fn normal(text: &str) -> Option<String> {
        parse(text).map(|moment| moment.to_string())
    }

    #[test]
    fn a_moment_is_read_as_clients_and_as_browsers_write_it() {
        for (text, moment) in [
            ("2026-11-28T14:05:37Z", "2026-11-28T14:05:37Z"),
            ("2026-11-28t14:05:37.123456z", "2026-11-28T14:05:37.123456Z"),
            ("2026-11-28T14:05:37+01:00", "2026-11-28T13:05:37Z"),
            ("2026-11-28T14:05", "2026-11-28T14:05:00Z"),
            ("2026-11-28T14:05:37", "2026-11-28T14:05:37Z"),
            ("2026-11-28", "2026-11-28T00:00:00Z"),
            ("2026-11-28T14:05:37.123456999Z", "2026-11-28T14:05:37.123456Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-30T00:00:00Z", "9999-12-30T00:00:00Z"),
        ] {
            assert_eq!(normal(text).as_deref(), Some(moment), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_moment() {
        for text in [
            "",
            "now",
            "28.11.2026",
            "2026",
            "2026-11",
            "2026-02-30",
            "2026-11-28T25:00:00Z",
            "2026-11-28T14:05:37+99:00",
            "2026-11-28T14:05:37Z[Europe/Lisbon]",
            "+002026-11-28T14:05:37Z",
            "-002026-11-28T14:05:37Z",
            "20261128T140537Z",
            "0000-01-01T00:00:00+01:00",
            "2026-11-28T14:05:37Z\0",
            "1795876537",
            "２０２６-11-28",
        ] {
            assert_eq!(normal(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_and_what_clocks_show_are_two_things() {
        let (moment, reading) = ("2026-11-28T14:05:37+01:00", "2026-11-28T14:05");
        assert_eq!(with_offset(moment).map(|moment| moment.to_string()).as_deref(), Some("2026-11-28T13:05:37Z"));
        assert_eq!(with_offset(reading), None);
        let shown = clock_reading(reading).map(|reading| reading.to_string());
        assert_eq!(shown.as_deref(), Some("2026-11-28T14:05:00"));
        for text in [moment, "2026-11-28T14:05Z", "2026-11-28T14:05z", "2026-11-28", "2026-11-28T25:00", "14:05", ""] {
            assert_eq!(clock_reading(text), None, "{text}");
        }
    }

    #[test]
    fn a_field_takes_back_what_it_was_given() {
        let moment = parse("2026-11-28T14:05:37Z").expect("a moment");
        assert_eq!(to_field(moment), "2026-11-28T14:05:37");
        assert_eq!(parse(&to_field(moment)), Some(moment));
        assert_eq!(to_text(&moment), "28 Nov 2026, 14:05");
    }
}
