//! Names of meetings' states, as people read them, and time zones to choose from.

use crate::status::Status;

/// A status.
pub(crate) fn status(status: &Status) -> &'static str {
    match status {
        Status::Scheduled => "Scheduled",
        Status::Completed => "Completed",
        Status::Cancelled => "Cancelled",
        Status::NoShow => "Not attended",
    }
}

/// A price in cents of a currency.
pub(crate) fn price(cents: &i32, currency: &str) -> String {
    eleva::page::price(*cents, currency)
}

/// What the field for a time zone suggests; it takes any other, too.
pub(crate) const TIME_ZONES: [&str; 16] = [
    "Europe/Lisbon",
    "Atlantic/Azores",
    "Atlantic/Madeira",
    "Europe/Madrid",
    "Atlantic/Canary",
    "Europe/London",
    "Europe/Paris",
    "Europe/Zurich",
    "Europe/Berlin",
    "Europe/Rome",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Los_Angeles",
    "Africa/Luanda",
    "Africa/Maputo",
    "UTC",
];
