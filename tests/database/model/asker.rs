//! Who asks, and whether they come in.

use super::{
    state::State,
    table::{Column, Table},
};

/// Who a transaction is.
#[derive(Clone, Debug)]
pub(super) enum Asker {
    /// A person, as `app.begin` let them in: what it found then holds for the transaction.
    Person(Person),
    /// The public.
    Anonymous,
    /// `eleva_identity`.
    Identity,
    /// `eleva_exporter`, about an organization (its id).
    Exporter(String),
    /// The database's owner, whom no rule binds.
    Owner,
}

/// A person (WorkOS user id) in an organization (our id), in a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) user: String,
    pub(super) org: String,
    pub(super) role: String,
}

/// What somebody says to `app.begin`.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) user: String,
    /// The organization's WorkOS id.
    pub(super) workos_org: String,
    pub(super) session: String,
}

/// A command, by the letter that grants have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Command {
    Select,
    Insert,
    Update,
    Delete,
}

impl Claim {
    /// Whom `app.begin` lets in, or the SQLSTATE with which it refuses.
    pub(super) fn enter(&self, state: &State) -> Result<Person, &'static str> {
        state.living(Table::Users, "workos_user_id", &self.user).ok_or("EL010")?;
        if state.has(Table::RevokedSessions, &[("sid", &self.session)]) {
            return Err("EL006");
        }
        let organization = state.living(Table::Organizations, "workos_org_id", &self.workos_org).ok_or("EL004")?;
        let org = organization.get("id").expect("a row has an id");
        let role = state.role(&self.user, org).ok_or("EL005")?;
        Ok(Person { user: self.user.clone(), org: org.to_owned(), role: role.to_owned() })
    }
}

impl Person {
    pub(super) fn is_administrator(&self) -> bool {
        self.role == "owner" || self.role == "admin"
    }

    /// Whether they see patients, or work for those who do.
    pub(super) fn is_practitioner(&self) -> bool {
        self.role != "billing_admin"
    }
}

impl Asker {
    /// Whether they have the right to name a column in a command.
    pub(super) fn may_name(&self, command: Command, column: &Column) -> bool {
        let asker = match self {
            Self::Person(_) => 'p',
            Self::Anonymous => 'a',
            Self::Identity => 'i',
            Self::Exporter(_) => 'x',
            Self::Owner => return true,
        };
        let command = match command {
            Command::Select => 's',
            Command::Insert => 'i',
            Command::Update => 'u',
            Command::Delete => return false,
        };
        column.grants.split(' ').any(|grant| grant.chars().eq([asker, command]))
    }

    /// Whether they have the right to delete from a table.
    pub(super) fn may_delete(&self, table: Table) -> bool {
        match self {
            Self::Owner => true,
            Self::Person(_) => table.description().is_deletable,
            Self::Anonymous | Self::Identity | Self::Exporter(_) => false,
        }
    }

    /// Whether they have any right to a command on a table.
    pub(super) fn has_right_to(&self, command: Command, table: Table) -> bool {
        match command {
            Command::Delete => self.may_delete(table),
            _ => table.columns().iter().any(|column| self.may_name(command, column)),
        }
    }

    /// The columns of a table that they may read, of those that are looked at.
    pub(super) fn readable(&self, table: Table) -> Vec<&'static str> {
        let columns = table.columns().iter();
        columns.filter(|column| column.is_seen() && self.may_name(Command::Select, column)).map(|c| c.name).collect()
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Person(_) => "a person",
            Self::Anonymous => "anonymous",
            Self::Identity => "eleva_identity",
            Self::Exporter(_) => "eleva_exporter",
            Self::Owner => "the owner",
        }
    }
}
