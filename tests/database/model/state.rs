//! The model's memory: all rows of all tables, in the order in which they came.

use std::{collections::BTreeMap, sync::Arc};

use super::table::Table;

/// A row: what is seen of its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row(pub(super) BTreeMap<&'static str, Option<String>>);

/// Rows as a transaction has them. A copy costs little: it shares the rows.
#[derive(Clone, Default)]
pub(super) struct State(BTreeMap<Table, Vec<Arc<Row>>>);

impl Row {
    /// A column's value, unless it is null or there is no such column.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.0.get(column)?.as_deref()
    }

    /// Whether a column has this value.
    pub(super) fn is(&self, column: &str, value: &str) -> bool {
        self.get(column) == Some(value)
    }

    pub(super) fn set(&mut self, column: &'static str, value: Option<String>) {
        self.0.insert(column, value);
    }

    /// The values of some columns.
    pub(super) fn values(&self, columns: &[&'static str]) -> Vec<Option<String>> {
        columns.iter().map(|column| self.get(column).map(str::to_owned)).collect()
    }
}

impl State {
    /// The rows of a table.
    pub(super) fn rows(&self, table: Table) -> &[Arc<Row>] {
        self.0.get(&table).map_or(&[], Vec::as_slice)
    }

    pub(super) fn insert(&mut self, table: Table, row: Row) {
        self.0.entry(table).or_default().push(Arc::new(row));
    }

    /// Puts rows in the place of others, by their places.
    pub(super) fn replace(&mut self, table: Table, rows: Vec<(usize, Row)>) {
        let of_table = self.0.entry(table).or_default();
        for (place, row) in rows {
            of_table[place] = Arc::new(row);
        }
    }

    /// Takes rows away, by their places in rising order.
    pub(super) fn remove(&mut self, table: Table, places: &[usize]) {
        let of_table = self.0.entry(table).or_default();
        for place in places.iter().rev() {
            of_table.remove(*place);
        }
    }

    /// Whether a table has a row with these values.
    pub(super) fn has(&self, table: Table, values: &[(&str, &str)]) -> bool {
        self.rows(table).iter().any(|row| values.iter().all(|(column, value)| row.is(column, value)))
    }

    /// The role that somebody has in an organization, in which they are an active member.
    pub(super) fn role(&self, user: &str, org: &str) -> Option<&str> {
        let mut memberships = self.rows(Table::Memberships).iter();
        let membership = memberships
            .find(|row| row.is("workos_user_id", user) && row.is("org_id", org) && row.is("status", "active"))?;
        membership.get("role")
    }

    /// The row of an organization or a user, when they are not deleted.
    pub(super) fn living(&self, table: Table, column: &str, value: &str) -> Option<&Row> {
        let mut rows = self.rows(table).iter();
        rows.find(|row| row.is(column, value) && row.get("deleted_at").is_none()).map(Arc::as_ref)
    }
}
