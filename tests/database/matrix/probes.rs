//! Statements that reach for every row of every table, and what a person may see of it.

use std::{collections::BTreeSet, sync::LazyLock};

use super::{
    Stage,
    stage::Row,
    table::{Command, Rows, Table},
    tables,
    who::{Person, Way, Who},
};

/// Tables whose rows everybody may read, whoever they are.
const OPEN: &str = "categories";

/// Reads, changes and deletes in every table, without a condition. Names are qualified, so that a search_path in
/// disorder hides nothing; each row is told as the table and whose it is.
pub(in crate::database) fn probes() -> &'static [String] {
    static PROBES: LazyLock<Vec<String>> = LazyLock::new(|| tables::all().flat_map(of_table).collect());
    &PROBES
}

fn of_table(table: &Table) -> Vec<String> {
    if table.name == OPEN {
        return Vec::new();
    }
    let (name, told) = (table.name, format!("'{} of ' || {}", table.name, owner_column(table)));
    let mut probes = vec![format!("select {told} from public.{name}")];
    if let Some(update) = &table.authenticated.update {
        probes.push(format!("update public.{name} set {} returning {told}", update.set));
    }
    if table.authenticated.delete.is_some() {
        probes.push(format!("delete from public.{name} returning {told}"));
    }
    probes
}

fn owner_column(table: &Table) -> &'static str {
    match (table.name, table.rows) {
        ("organizations", _) => "id",
        ("users" | "user_org_memberships", _) => "workos_user_id",
        (_, Rows::One) => "'nobody'",
        _ => "org_id",
    }
}

impl Stage {
    /// What a person may see.
    pub(in crate::database) fn rightful(&self, person: Person) -> BTreeSet<String> {
        let mut rightful = self.readable(&Way::Begun(person));
        rightful.insert(format!("row of {}", person.user));
        rightful.extend(self.members(person.org).map(|user| format!("colleague {user}")));
        rightful
    }

    /// What the public may see.
    pub(in crate::database) fn public(&self) -> BTreeSet<String> {
        let anonymous = super::who::EVERYBODY.iter().find(|who: &&Who| who.role() == "anonymous");
        self.readable(&anonymous.expect("the public is among everybody").way)
    }

    fn readable(&self, way: &Way) -> BTreeSet<String> {
        let mut readable = BTreeSet::new();
        for table in tables::all().filter(|table| table.name != OPEN) {
            let access = table.access(&Who { name: "", way: *way });
            let Some(rule) = access.rule(Command::Select) else { continue };
            let rows = self.rows(table).into_iter().filter(|row| rule.permits(way, row) == Some(true));
            readable.extend(rows.map(|row| format!("{} of {}", table.name, owner(table, &row))));
        }
        readable
    }
}

fn owner(table: &Table, row: &Row) -> String {
    match owner_column(table) {
        "workos_user_id" => row.user.to_owned(),
        "'nobody'" => "nobody".to_owned(),
        _ => row.fill("{org}"),
    }
}
