//! What a table lets whom do: the form of the declarations.

use super::{
    rule::Rule,
    stage::Row,
    who::{Way, Who},
};

/// A table, and everything that anybody may do with it. What is not said here is refused.
///
/// Statements name rows in words that [`Row::fill`] replaces.
pub(in crate::database) struct Table {
    pub(in crate::database) name: &'static str,
    /// Which rows it has while the matrix is tried.
    pub(super) rows: Rows,
    /// The condition that names one row.
    pub(super) key: &'static str,
    /// A column of that condition.
    pub(super) key_column: &'static str,
    /// How the owner makes a row: what follows `insert into <table>`. `None`: the migrations or the seed made it.
    pub(super) fixture: Option<&'static str>,
    /// What makes a row another organization's, or another person's, for tables whose rows people change.
    pub(super) moves: &'static [Move],
    pub(super) authenticated: Access,
    pub(super) anonymous: Access,
    pub(super) identity: Access,
    pub(super) exporter: Access,
    pub(super) definer: Access,
}

/// An assignment in the words of the row that is moved to.
pub(super) enum Move {
    Organization(&'static str),
    Person(&'static str),
}

/// Which rows a table has.
#[derive(Clone, Copy)]
pub(super) enum Rows {
    /// One of each membership.
    Memberships,
    /// One of each user.
    Users,
    /// One of each organization, the platform among them.
    Organizations,
    /// One, which is nobody's.
    One,
}

/// What a role may do.
pub(super) struct Access {
    pub(super) select: Option<Select>,
    pub(super) insert: Option<Insert>,
    pub(super) update: Option<Update>,
    pub(super) delete: Option<Rule>,
}

/// Columns are listed by their names, or `*` for all.
pub(super) struct Select {
    pub(super) columns: &'static str,
    pub(super) rule: Rule,
}

/// `row` is what follows `insert into <table>`; `never` is such a row that a policy refuses although the rule permits
/// the row as such.
pub(super) struct Insert {
    pub(super) columns: &'static str,
    pub(super) row: &'static str,
    pub(super) rule: Rule,
    pub(super) never: Option<&'static str>,
}

/// `set` is an assignment; `never` is one that a policy refuses.
pub(super) struct Update {
    pub(super) columns: &'static str,
    pub(super) set: &'static str,
    pub(super) rule: Rule,
    pub(super) never: Option<&'static str>,
}

pub(super) const NOTHING: Access = Access { select: None, insert: None, update: None, delete: None };

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::database) enum Command {
    Select,
    Insert,
    Update,
    Delete,
}

impl Command {
    pub(in crate::database) const ALL: [Self; 4] = [Self::Select, Self::Insert, Self::Update, Self::Delete];
}

/// Which of the two layers stand between somebody and a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::database) enum Layers {
    /// Grants and policies, as they are.
    Both,
    /// Policies alone: every role was granted everything, and neither triggers nor foreign keys are looked at.
    Policies,
}

/// What is to come of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::database) enum Outcome {
    /// The privilege is lacking.
    Denied,
    /// The new row is refused by a policy.
    Violates,
    /// Only a context could tell, and there is none.
    NoContext,
    /// The row is not there for them.
    Hidden,
    /// The row is reached; a constraint may still stand in the way.
    Reached,
}

impl Table {
    /// What the role may do that somebody has.
    pub(super) fn access(&self, who: &Who) -> &Access {
        match who.way {
            Way::Begun(_) | Way::Refused(..) | Way::Bare(_, "authenticated") => &self.authenticated,
            Way::Bare(_, "anonymous") => &self.anonymous,
            Way::Bare(_, "eleva_identity") => &self.identity,
            Way::Bare(_, "eleva_exporter") | Way::Exporting(_) => &self.exporter,
            Way::Definer => &self.definer,
            Way::Bare(..) => &NOTHING,
        }
    }

    fn accesses(&self) -> [&Access; 5] {
        [&self.authenticated, &self.anonymous, &self.identity, &self.exporter, &self.definer]
    }

    /// An assignment that somebody may make: who is asking, else whoever may.
    pub(super) fn set(&self, access: &Access) -> Option<&'static str> {
        [access].into_iter().chain(self.accesses()).find_map(|access| access.update.as_ref()).map(|update| update.set)
    }

    /// The statement that tries a command on a row.
    pub(super) fn statement(&self, command: Command, access: &Access, row: &Row) -> String {
        let (name, key) = (self.name, self.key);
        let statement = match command {
            Command::Select => format!("select from public.{name} where {key}"),
            Command::Delete => format!("delete from public.{name} where {key}"),
            Command::Update => {
                let nothing = format!("{0} = {0}", self.key_column);
                let set = self.set(access).unwrap_or(&nothing);
                format!("update public.{name} set {set} where {key}")
            }
            Command::Insert => {
                let of_fixture = self.fixture.unwrap_or("default values");
                let inserts = [access].into_iter().chain(self.accesses()).find_map(|access| access.insert.as_ref());
                let values = inserts.map_or(of_fixture, |insert| insert.row);
                format!("insert into public.{name} {values}")
            }
        };
        row.fill(&statement)
    }

    /// What is to come of it.
    pub(super) fn outcome(&self, command: Command, who: &Who, row: &Row, layers: Layers) -> Outcome {
        let access = self.access(who);
        let rule = access.rule(command);
        // Naming a row by a condition takes the right to read it.
        let is_granted = rule.is_some() && (command == Command::Insert || access.select.is_some());
        if layers == Layers::Both && !is_granted {
            return Outcome::Denied;
        }
        let refused = if command == Command::Insert { Outcome::Violates } else { Outcome::Hidden };
        let reading = match command {
            Command::Update | Command::Delete => access.rule(Command::Select),
            Command::Select | Command::Insert => rule,
        };
        let (Some(rule), Some(reading)) = (rule, reading) else { return refused };
        match (rule.permits(&who.way, row), reading.permits(&who.way, row)) {
            (Some(true), Some(true)) => Outcome::Reached,
            (Some(_), Some(_)) => refused,
            _ => Outcome::NoContext,
        }
    }
}

impl Access {
    pub(super) fn rule(&self, command: Command) -> Option<Rule> {
        match command {
            Command::Select => self.select.as_ref().map(|select| select.rule),
            Command::Insert => self.insert.as_ref().map(|insert| insert.rule),
            Command::Update => self.update.as_ref().map(|update| update.rule),
            Command::Delete => self.delete,
        }
    }
}
