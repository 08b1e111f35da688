//! What is said to the database: one statement, and its text.

use super::{
    asker::{Asker, Command},
    state::Row,
    table::Table,
};

/// Values of columns.
pub(super) type Values = Vec<(&'static str, Option<String>)>;

/// A statement. What it answers with is everything that the asker may read of the rows that it reaches.
#[derive(Clone, Debug)]
pub(super) enum Statement {
    Select {
        table: Table,
        columns: Vec<&'static str>,
        condition: Condition,
    },
    Insert {
        table: Table,
        values: Values,
        returning: Vec<&'static str>,
    },
    Update {
        table: Table,
        values: Values,
        version: Version,
        condition: Condition,
        returning: Vec<&'static str>,
    },
    Delete {
        table: Table,
        condition: Condition,
        returning: Vec<&'static str>,
    },
    /// `app.me()`.
    Me,
    /// `app.members()`.
    Members,
}

/// Which rows are meant.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    All,
    /// Those with these values.
    With(Values),
}

/// Whether an update raises the version of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Kept,
    Raised,
}

pub(super) const ME: [&str; 5] = ["workos_user_id", "email", "first_name", "last_name", "stripe_customer_id"];
pub(super) const MEMBER: [&str; 5] = ["workos_user_id", "email", "first_name", "last_name", "image_url"];

impl Statement {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Select { table, columns, condition } => {
                format!("select {} from public.{}{}", read(*table, columns), table.name(), condition.text(*table))
            }
            Self::Insert { table, values, returning } => {
                let columns: Vec<String> = values.iter().map(|(column, _)| format!("\"{column}\"")).collect();
                let values: Vec<String> =
                    values.iter().map(|(column, value)| table.column(column).write(value.as_deref())).collect();
                let (columns, values) = (columns.join(", "), values.join(", "));
                let answer = answer(*table, returning);
                format!("insert into public.{} ({columns}) values ({values}){answer}", table.name())
            }
            Self::Update { table, values, version, condition, returning } => {
                let mut set: Vec<String> = values
                    .iter()
                    .map(|(column, value)| format!("\"{column}\" = {}", table.column(column).write(value.as_deref())))
                    .collect();
                if *version == Version::Raised {
                    set.push("version = version + 1".to_owned());
                }
                let (set, condition, answer) = (set.join(", "), condition.text(*table), answer(*table, returning));
                format!("update public.{} set {set}{condition}{answer}", table.name())
            }
            Self::Delete { table, condition, returning } => {
                let (condition, answer) = (condition.text(*table), answer(*table, returning));
                format!("delete from public.{}{condition}{answer}", table.name())
            }
            Self::Me => format!("select {} from app.me()", ME.join(", ")),
            Self::Members => format!("select {}, role from app.members()", MEMBER.join(", ")),
        }
    }

    /// The table, if it is about one.
    pub(super) fn table(&self) -> Option<Table> {
        match self {
            Self::Select { table, .. }
            | Self::Insert { table, .. }
            | Self::Update { table, .. }
            | Self::Delete { table, .. } => Some(*table),
            Self::Me | Self::Members => None,
        }
    }

    pub(super) fn command(&self) -> Command {
        match self {
            Self::Insert { .. } => Command::Insert,
            Self::Update { .. } => Command::Update,
            Self::Delete { .. } => Command::Delete,
            Self::Select { .. } | Self::Me | Self::Members => Command::Select,
        }
    }

    /// Whether it takes a right that the asker has not.
    pub(super) fn is_denied_to(&self, asker: &Asker) -> bool {
        let Some(table) = self.table() else { return !matches!(asker, Asker::Person(_)) };
        let lacks = |command: Command, columns: &[&'static str]| {
            columns.iter().any(|column| !asker.may_name(command, table.column(column)))
        };
        let said = |values: &Values| -> Vec<&'static str> { values.iter().map(|(column, _)| *column).collect() };
        let lacks_condition = |condition: &Condition| match condition {
            Condition::All => false,
            Condition::With(values) => lacks(Command::Select, &said(values)),
        };
        match self {
            Self::Select { columns, condition, .. } => lacks(Command::Select, columns) || lacks_condition(condition),
            Self::Insert { values, returning, .. } => {
                lacks(Command::Insert, &said(values)) || lacks(Command::Select, returning)
            }
            Self::Update { values, condition, returning, .. } => {
                lacks(Command::Update, &said(values)) || lacks(Command::Select, returning) || lacks_condition(condition)
            }
            Self::Delete { condition, returning, .. } => {
                !asker.may_delete(table) || lacks(Command::Select, returning) || lacks_condition(condition)
            }
            Self::Me | Self::Members => false,
        }
    }
}

impl Condition {
    fn text(&self, table: Table) -> String {
        let Self::With(values) = self else { return String::new() };
        let equal = values.iter().map(|(column, value)| match value {
            None => format!("\"{column}\" is null"),
            Some(_) if matches!(table.column(column).form, super::table::Form::Moment) => {
                format!("\"{column}\" is not null")
            }
            Some(value) => format!("\"{column}\" = {}", table.column(column).write(Some(value))),
        });
        format!(" where {}", equal.collect::<Vec<_>>().join(" and "))
    }

    pub(super) fn holds(&self, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::With(values) => values.iter().all(|(column, value)| row.get(column) == value.as_deref()),
        }
    }
}

fn read(table: Table, columns: &[&'static str]) -> String {
    columns.iter().map(|column| table.column(column).read()).collect::<Vec<_>>().join(", ")
}

fn answer(table: Table, returning: &[&'static str]) -> String {
    if returning.is_empty() { String::new() } else { format!(" returning {}", read(table, returning)) }
}
