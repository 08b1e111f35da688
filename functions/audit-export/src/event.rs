//! What an invocation is asked to do.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::Value;

/// What the schedules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// `{}`, each minute: work on what is queued.
    Queue,
    /// `{"schedule":"monthly","period":"2026-10"}`: queue every organization's month first. Without a period, the month
    /// before this one.
    Monthly(Month),
}

/// A month, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Month {
    pub(crate) from: Timestamp,
    /// Not included.
    pub(crate) to: Timestamp,
}

/// An event is none that the schedules send.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EventError {
    #[error("the event asks for another schedule than \"monthly\"")]
    Schedule,
    #[error("the event's period is not a month like \"2026-10\"")]
    Period,
    #[error("the event's period is not over yet")]
    NotOver,
}

impl Event {
    /// Reads an event, at `now`.
    pub(crate) fn read(event: &Value, now: Timestamp) -> Result<Self, EventError> {
        match event.get("schedule") {
            None | Some(Value::Null) => return Ok(Self::Queue),
            Some(schedule) if schedule == "monthly" => {}
            Some(_) => return Err(EventError::Schedule),
        }
        let month = match event.get("period") {
            None | Some(Value::Null) => Month::before(now),
            Some(period) => period.as_str().and_then(Month::parse),
        };
        let month = month.ok_or(EventError::Period)?;
        if month.to > now {
            return Err(EventError::NotOver);
        }
        Ok(Self::Monthly(month))
    }
}

impl Month {
    fn parse(text: &str) -> Option<Self> {
        let is_month = text.len() == 7
            && text.bytes().enumerate().all(|(position, byte)| match position {
                4 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_month {
            return None;
        }
        Self::beginning(Date::new(text[..4].parse().ok()?, text[5..].parse().ok()?, 1).ok()?)
    }

    fn before(now: Timestamp) -> Option<Self> {
        let first = now.to_zoned(TimeZone::UTC).date().first_of_month();
        Self::beginning(first.checked_sub(1.month()).ok()?)
    }

    fn beginning(first: Date) -> Option<Self> {
        let midnight = |date: Date| Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp());
        Some(Self { from: midnight(first)?, to: midnight(first.checked_add(1.month()).ok()?)? })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::{Event, EventError, Month};

    fn read(event: &Value) -> Result<Event, EventError> {
        Event::read(event, "2026-11-01T03:00:00Z".parse().expect("an instant"))
    }

    fn month(from: &str, to: &str) -> Event {
        let midnight = |date: &str| format!("{date}T00:00:00Z").parse::<Timestamp>().expect("an instant");
        Event::Monthly(Month { from: midnight(from), to: midnight(to) })
    }

    #[test]
    fn the_minutes_event_is_about_the_queue_and_the_months_about_the_month_before() {
        assert_eq!(read(&json!({})), Ok(Event::Queue));
        let october = month("2026-10-01", "2026-11-01");
        assert_eq!(read(&json!({"schedule": "monthly"})), Ok(october.clone()));
        assert_eq!(read(&json!({"schedule": "monthly", "period": null})), Ok(october.clone()));
        assert_eq!(read(&json!({"schedule": "monthly", "period": "2026-10"})), Ok(october));
        let december = month("2025-12-01", "2026-01-01");
        assert_eq!(read(&json!({"schedule": "monthly", "period": "2025-12"})), Ok(december));
    }

    #[test]
    fn another_event_is_refused() {
        assert_eq!(read(&json!({"schedule": "daily"})), Err(EventError::Schedule));
        for period in
            [json!("2026-13"), json!("2026-1"), json!("26-10"), json!("2026-10-01"), json!("+026-10"), json!(7)]
        {
            assert_eq!(read(&json!({"schedule": "monthly", "period": period})), Err(EventError::Period), "{period}");
        }
        assert_eq!(read(&json!({"schedule": "monthly", "period": "2026-11"})), Err(EventError::NotOver));
    }
}
