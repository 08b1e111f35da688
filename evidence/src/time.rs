//! Instants as exports write them: RFC 3339 in UTC with six digits of the second, `2026-10-01T12:00:00.000000Z`.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    fmt::temporal::DateTimePrinter,
    tz::TimeZone,
};

const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// The length of an instant of the years 0 to 9999, in bytes.
const LENGTH: usize = "2026-10-01T12:00:00.000000Z".len();

/// Appends an instant (microseconds since 1970-01-01T00:00:00Z). `None`: it is outside of the years 0 to 9999.
pub fn write(microseconds: i64, out: &mut Vec<u8>) -> Option<()> {
    let before = out.len();
    let instant = Timestamp::from_microsecond(microseconds).ok()?;
    PRINTER.print_timestamp(&instant, &mut *out).ok()?;
    (out.len() - before == LENGTH).then_some(())
}

/// Microseconds since 1970 of an instant that is written like that, and no other way.
pub fn parse(text: &str) -> Option<i64> {
    let text: &[u8; LENGTH] = text.as_bytes().try_into().ok()?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (26, b'Z')];
    if separators.iter().any(|&(at, separator)| text[at] != separator) {
        return None;
    }
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0_i32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i32::from(digit - b'0')))
    };
    // None of them has more than four digits but the last, of six.
    let two = |at: usize| number(&text[at..at + 2]).and_then(|number| i8::try_from(number).ok());
    let year = i16::try_from(number(&text[..4])?).ok()?;
    let date = Date::new(year, two(5)?, two(8)?).ok()?;
    let time = Time::new(two(11)?, two(14)?, two(17)?, number(&text[20..26])? * 1000).ok()?;
    let instant = TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()?;
    Some(instant.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::{parse, write};

    #[test]
    fn an_instant_is_written_in_one_way_only() {
        let mut out = Vec::new();
        write(1_790_856_000_000_000, &mut out).expect("an instant");
        assert_eq!(out, b"2026-10-01T12:00:00.000000Z");
        assert_eq!(parse("2026-10-01T12:00:00.000000Z"), Some(1_790_856_000_000_000));
        assert_eq!(parse("1969-12-31T23:59:59.999999Z"), Some(-1));
        for other in [
            "2026-10-01T12:00:00Z",
            "2026-10-01T14:00:00.000000+02:00",
            "2026-10-01 12:00:00.000000Z",
            "2026-02-30T12:00:00.000000Z",
            "2026-10-01T12:00:60.000000Z",
            "2026-10-01T12:00:0é.00000Z",
            "",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
        assert_eq!(write(i64::MAX, &mut out), None);
    }
}
