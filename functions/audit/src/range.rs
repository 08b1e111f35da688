//! The time that a list or a report is about. There is always one, so that no statement looks at every partition of the
//! trail.

use eleva::http::{FieldError, Problem, Query};
use jiff::{SignedDuration, Timestamp};

/// How far a range reaches back when nothing is said.
const DEFAULT_LENGTH: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The longest range of a report.
const LONGEST_REPORT: SignedDuration = SignedDuration::from_hours(366 * 24);

/// From one moment up to another, which is not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Range {
    /// What the query says, and where it says nothing, `given`, and where that is nothing either, the thirty days
    /// before `to`, which is now.
    ///
    /// Errors: `malformed` for what is no moment, `invalid` when `from` is not before `to`.
    pub(crate) fn read(query: &Query, given: Option<Self>, now_seconds: i64) -> Result<Self, Problem> {
        let from = query.moment("from")?.or(given.map(|range| range.from));
        let to = match query.moment("to")?.or(given.map(|range| range.to)) {
            Some(to) => to,
            // The clock says whole seconds; what happened within this one is in.
            None => Timestamp::from_second(now_seconds + 1).map_err(Problem::internal)?,
        };
        let from = match from {
            Some(from) => from,
            None => to.checked_sub(DEFAULT_LENGTH).unwrap_or(to),
        };
        match from < to {
            true => Ok(Self { from, to }),
            false => Err(Problem::invalid(vec![FieldError::new("from", "Give a time before the end of the range.")])),
        }
    }

    /// The range, unless it is longer than a report takes: `invalid`.
    pub(crate) fn for_report(self) -> Result<Self, Problem> {
        match self.to.duration_since(self.from) <= LONGEST_REPORT {
            true => Ok(self),
            false => Err(Problem::invalid(vec![FieldError::new("from", "A report covers 366 days at most.")])),
        }
    }
}

#[cfg(test)]
mod tests {
    use eleva::http::{Problem, Query};
    use jiff::Timestamp;

    use super::Range;

    /// 2026-11-28T13:36:53Z.
    const NOW: i64 = 1_795_873_013;

    fn read(query: &str) -> Result<(String, String), Problem> {
        Range::read(&Query::parse(query), None, NOW).map(|range| (range.from.to_string(), range.to.to_string()))
    }

    fn is(query: &str, from: &str, to: &str) {
        assert_eq!(read(query).expect(query), (from.to_owned(), to.to_owned()), "{query}");
    }

    #[test]
    fn a_range_is_the_last_thirty_days_unless_said_otherwise() {
        is("", "2026-10-29T13:36:54Z", "2026-11-28T13:36:54Z");
        is("from=&to=", "2026-10-29T13:36:54Z", "2026-11-28T13:36:54Z");
        is("to=2026-06-01", "2026-05-02T00:00:00Z", "2026-06-01T00:00:00Z");
        is("from=2026-06-01T12:00", "2026-06-01T12:00:00Z", "2026-11-28T13:36:54Z");
        is("from=2026-06-01&to=2026-06-02", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
        is("from=2026-06-01T00:00:00%2B02:00&to=2026-06-02", "2026-05-31T22:00:00Z", "2026-06-02T00:00:00Z");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for (query, code) in [
            ("from=2026-06-01&to=2026-06-01", "invalid"),
            ("from=2026-06-02&to=2026-06-01", "invalid"),
            ("from=2027-01-01", "invalid"),
            ("from=yesterday", "malformed"),
            ("to=2026-13-01", "malformed"),
            ("to=2026-06-01&to=2026-06-02", "malformed"),
            ("from=%FF", "malformed"),
        ] {
            assert_eq!(read(query).expect_err(query).code(), code, "{query}");
        }
    }

    #[test]
    fn a_report_is_of_a_year_at_most() {
        let range = |from: &str, to: &str| Range {
            from: from.parse::<Timestamp>().expect("a time"),
            to: to.parse::<Timestamp>().expect("a time"),
        };
        assert!(range("2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z").for_report().is_ok(), "a leap year");
        let longer = range("2028-01-01T00:00:00Z", "2029-01-01T00:00:00.000001Z").for_report();
        assert_eq!(longer.expect_err("too long").code(), "invalid");
    }
}
