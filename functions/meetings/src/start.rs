//! When a meeting is to start: a moment, or what clocks show somewhere.

use jiff::{SignedDuration, Timestamp, civil::DateTime};

/// The longest meeting.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// A start as it was given. Which moment it is that clocks show so, the database says: a function carries no rules of
/// time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// JSON gives a moment.
    Moment(Timestamp),
    /// A form gives what clocks show in a time zone.
    Reading(DateTime),
}

impl Start {
    /// A moment, unless there would be no year for the meeting's end.
    pub(crate) fn at(moment: Timestamp) -> Option<Self> {
        moment.checked_add(LONGEST).ok().map(|_| Self::Moment(moment))
    }

    /// What clocks show, in a year that has another one after it.
    pub(crate) fn reading(reading: DateTime) -> Option<Self> {
        (1..9999).contains(&reading.year()).then_some(Self::Reading(reading))
    }

    /// The two ways to give a start, as a statement's parameters.
    pub(crate) fn parameters(start: Option<Self>) -> (Option<Timestamp>, Option<DateTime>) {
        match start {
            Some(Self::Moment(moment)) => (Some(moment), None),
            Some(Self::Reading(reading)) => (None, Some(reading)),
            None => (None, None),
        }
    }
}

/// SQL: the first moment at which the clocks of `clock` (a CTE of one row, with `reading`, a timestamp, and `timezone`)
/// show that reading; null where they skip it. Of a reading that they show twice `at time zone` would take the second, and
/// for one that they skip, one that they do not show. The zone must have come through a CTE: as a parameter, one that is
/// none would fail in planning already.
macro_rules! first_moment {
    () => {
        "(
            select min(possible.moment)
            from clock
            cross join lateral (
                values (clock.reading at time zone 'UTC' - interval '24 hours'),
                       (clock.reading at time zone 'UTC' + interval '24 hours')
            ) as near (moment)
            cross join lateral (
                select clock.reading at time zone 'UTC'
                         - ((near.moment at time zone clock.timezone) - (near.moment at time zone 'UTC')) as moment
            ) as possible
            where possible.moment at time zone clock.timezone = clock.reading
        )"
    };
}

/// SQL: when a meeting is asked to start, of a `clock` that also has its `start_time`, and of a moment in `$3`; null where
/// it is for `first_moment!` to say. A reading that the clocks show at the start already is that start: a form gives
/// minutes, and one of two readings alike.
macro_rules! given_start {
    () => {
        "case
                   when clock.reading is null then coalesce($3::timestamptz, clock.start_time)
                   when date_trunc('minute', clock.start_time at time zone clock.timezone) = clock.reading
                     then clock.start_time
                 end"
    };
}
pub(crate) use {first_moment, given_start};

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Start;

    #[test]
    fn a_meeting_ends_in_a_year_that_there_is() {
        let at = |text: &str| Start::at(text.parse().expect("a moment"));
        assert!(at("2026-12-01T10:00:00Z").is_some() && at("0001-01-01T00:00:00Z").is_some());
        assert_eq!(at("9999-12-30T00:00:00Z"), None);
        assert!(Start::reading(date(9998, 12, 31).at(23, 59, 0, 0)).is_some());
        for year in [0, 9999] {
            assert_eq!(Start::reading(date(year, 1, 1).at(0, 0, 0, 0)), None);
        }
    }
}
