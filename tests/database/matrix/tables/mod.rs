//! Who may do what with the rows of which table, and with which columns: the declarations.
//!
//! A new table needs one of its own before the tests pass again.

mod audit;
mod bookings;
mod people;
mod public;
mod records;
mod schedules;
mod system;

use super::table::Table;

/// Every table, parents before children.
pub(super) fn all() -> impl Iterator<Item = &'static Table> {
    people::TABLES
        .iter()
        .chain(&schedules::TABLES)
        .chain(&public::TABLES)
        .chain(&bookings::TABLES)
        .chain(&records::TABLES)
        .chain(&audit::TABLES)
        .chain(&system::TABLES)
}
