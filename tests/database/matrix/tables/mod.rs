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
pub(in crate::database) fn all() -> impl Iterator<Item = &'static Table> {
    people::TABLES
        .iter()
        .chain(&schedules::TABLES)
        .chain(&public::TABLES)
        .chain(&bookings::TABLES)
        .chain(&records::TABLES)
        .chain(&audit::TABLES)
        .chain(&system::TABLES)
}

/// The table of this name.
pub(in crate::database) fn declared(name: &str) -> &'static Table {
    all().find(|table| table.name == name).unwrap_or_else(|| panic!("the table {name} is not declared"))
}
