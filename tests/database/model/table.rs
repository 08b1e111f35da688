//! The form of the model's tables: columns, what values they take, and who may name them.

use super::tables;

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    Organizations,
    Users,
    Memberships,
    RevokedSessions,
    Categories,
    Events,
    Schedules,
    Availabilities,
    Settings,
    BlockedDates,
    Reservations,
    Meetings,
    Profiles,
    Agreements,
    Keys,
    Records,
    Versions,
    Transfers,
    AuditLogs,
    Exports,
    Stats,
}

/// What a table is made of.
pub(super) struct Description {
    pub(super) name: &'static str,
    pub(super) key: &'static [&'static str],
    pub(super) columns: &'static [Column],
    /// Whether a person has the right to delete rows of it; no other login has it anywhere.
    pub(super) is_deletable: bool,
    pub(super) references: &'static [Reference],
}

/// A foreign key: pairs of a column of ours and one of theirs.
pub(super) struct Reference {
    pub(super) table: Table,
    pub(super) columns: &'static [(&'static str, &'static str)],
}

/// A column.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) origin: Origin,
    /// Who may name it in what: pairs of a letter for whom (p a person, a the public, i `eleva_identity`, x
    /// `eleva_exporter`) and one for the command (s select, i insert, u update).
    pub(super) grants: &'static str,
    /// Changed in one row at a time only: where several rows would get the same value, or would be in each other's way
    /// in an order that only the server knows.
    pub(super) is_single: bool,
}

/// The values that a column takes. As text, all of them: as the server shows them.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// One of these.
    Word(&'static [&'static str]),
    /// These letters and a number below this one.
    Numbered(&'static str, usize),
    /// An instant of so many hours, from one to below the other, after an epoch; seen as Unix seconds.
    Hour(usize, usize),
    /// So many random bytes; seen in hexadecimal digits.
    Bytes(usize),
    /// The instant of writing, of which is seen whether there is one.
    Moment,
    /// An id.
    Id,
    /// What a row of another table has.
    Of(Table, &'static str),
    /// What every row gets, as SQL; nothing that is looked at.
    Fixed(&'static str),
}

/// Where the value of a new row comes from when its writer says nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Every writer says it.
    Writer,
    /// It is this one.
    Default(&'static str),
    /// There is none.
    Null,
    /// The server chooses.
    Server,
}

impl Column {
    pub(super) const fn new(name: &'static str, form: Form, grants: &'static str) -> Self {
        Self { name, form, origin: Origin::Writer, grants, is_single: false }
    }

    pub(super) const fn or(self, default: &'static str) -> Self {
        Self { origin: Origin::Default(default), ..self }
    }

    pub(super) const fn or_null(self) -> Self {
        Self { origin: Origin::Null, ..self }
    }

    pub(super) const fn by_server(self) -> Self {
        Self { origin: Origin::Server, ..self }
    }

    pub(super) const fn single(self) -> Self {
        Self { is_single: true, ..self }
    }

    /// Whether anything of it is looked at.
    pub(super) fn is_seen(&self) -> bool {
        !matches!(self.form, Form::Fixed(_))
    }

    /// The column as it is looked at.
    pub(super) fn read(&self) -> String {
        let name = self.name;
        match self.form {
            Form::Hour(..) => format!("extract(epoch from \"{name}\")::bigint::text"),
            Form::Bytes(_) => format!("encode(\"{name}\", 'hex')"),
            Form::Moment => format!("case when \"{name}\" is not null then 'set' end"),
            _ => format!("\"{name}\"::text"),
        }
    }

    /// A value of it as SQL.
    pub(super) fn write(&self, value: Option<&str>) -> String {
        let Some(value) = value else { return "null".to_owned() };
        match self.form {
            Form::Hour(..) => format!("to_timestamp({value})"),
            Form::Bytes(_) => format!("'\\x{value}'"),
            Form::Moment => "now()".to_owned(),
            Form::Fixed(sql) => sql.to_owned(),
            _ => format!("'{}'", value.replace('\'', "''")),
        }
    }
}

impl Table {
    pub(super) const ALL: [Self; 21] = [
        Self::Organizations,
        Self::Users,
        Self::Memberships,
        Self::RevokedSessions,
        Self::Categories,
        Self::Events,
        Self::Schedules,
        Self::Availabilities,
        Self::Settings,
        Self::BlockedDates,
        Self::Reservations,
        Self::Meetings,
        Self::Profiles,
        Self::Agreements,
        Self::Keys,
        Self::Records,
        Self::Versions,
        Self::Transfers,
        Self::AuditLogs,
        Self::Exports,
        Self::Stats,
    ];

    pub(super) fn name(self) -> &'static str {
        self.description().name
    }

    pub(super) fn columns(self) -> &'static [Column] {
        self.description().columns
    }

    /// A column of it.
    pub(super) fn column(self, name: &str) -> &'static Column {
        let column = self.columns().iter().find(|column| column.name == name);
        column.unwrap_or_else(|| panic!("{self:?} has no column {name}"))
    }

    /// The column that says whose a row is, if there is one.
    pub(super) fn owner(self) -> Option<&'static str> {
        let names = ["expert_id", "workos_user_id"];
        names.into_iter().find(|name| self.columns().iter().any(|column| column.name == *name))
    }

    pub(super) fn description(self) -> &'static Description {
        tables::of(self)
    }
}
