//! Durations and prices, as people read them.

use eleva::page;

/// A duration: `50 min`, `1 h 30 min`, `2 h`.
pub(crate) fn duration(minutes: &i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// A price in cents of a currency: `€60.00`, `Free`.
pub(crate) fn price(cents: &i32, currency: &str) -> String {
    page::price(*cents, currency)
}

#[cfg(test)]
mod tests {
    use super::{duration, price};

    #[test]
    fn durations_and_prices_read_well() {
        assert_eq!([45, 60, 90, 720].map(|minutes| duration(&minutes)), ["45 min", "1 h", "1 h 30 min", "12 h"]);
        assert_eq!(price(&6000, "eur"), "€60.00");
    }
}
