//! The rows that the matrix is tried on: everybody has one of their own in every table, in each of their organizations.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::{
    table::{Rows, Table},
    tables,
};
use crate::app::TestApp;

pub(super) const AURORA: &str = "org_01SEEDAURORA";
pub(super) const NORTE: &str = "org_01SEEDNORTE";
/// A patient's own organization.
pub(super) const CASA: &str = "org_01CASA";
pub(super) const GUEST: &str = "user_01CASAGUEST";
pub(super) const REVOKED_SESSION: &str = "session_revoked";

/// Who is a member where, in whatever status. Those of the first two organizations but for the removed and the deleted
/// one are seeded.
const MEMBERSHIPS: [(&str, &str); 15] = [
    (AURORA, "user_01SEEDAURORAOWNER"),
    (AURORA, "user_01SEEDAURORAADMIN"),
    (AURORA, "user_01SEEDAURORAMEMBER"),
    (AURORA, "user_01SEEDAURORABILLINGADMIN"),
    (AURORA, "user_01SEEDBOTH"),
    (AURORA, "user_01SEEDSUSPENDED"),
    (AURORA, "user_01SEEDINVITED"),
    (AURORA, "user_01REMOVED"),
    (AURORA, "user_01DELETED"),
    (NORTE, "user_01SEEDNORTEOWNER"),
    (NORTE, "user_01SEEDNORTEADMIN"),
    (NORTE, "user_01SEEDNORTEMEMBER"),
    (NORTE, "user_01SEEDNORTEBILLINGADMIN"),
    (NORTE, "user_01SEEDBOTH"),
    (CASA, GUEST),
];

/// Those whose membership is no active one.
const INACTIVE: [&str; 3] = ["user_01SEEDSUSPENDED", "user_01SEEDINVITED", "user_01REMOVED"];

/// Those whose profile is published.
const PUBLISHED: [&str; 2] = ["user_01SEEDAURORAMEMBER", "user_01SEEDNORTEOWNER"];

/// Those whose meeting a guest has claimed: the one of another organization each time.
const VISITED: [(&str, &str); 2] = [(AURORA, "user_01SEEDAURORAMEMBER"), (NORTE, "user_01SEEDNORTEOWNER")];

/// What the seed leaves out.
const PEOPLE: &str = "
    insert into organizations (workos_org_id, slug, name, type)
    values ('org_01CASA', 'user-user_01CASAGUEST', 'Guest''s Account', 'patient_personal');
    insert into users (workos_user_id, email, deleted_at)
    values ('user_01CASAGUEST', 'guest@eleva.example', null),
           ('user_01REMOVED', 'removed@eleva.example', null),
           ('user_01DELETED', 'deleted@eleva.example', now());
    insert into user_org_memberships (workos_user_id, org_id, workos_membership_id, role, status)
    select m.workos_user_id, o.id, 'om_' || m.workos_user_id, m.role, m.status
      from (values ('user_01CASAGUEST', 'org_01CASA', 'owner', 'active'),
                   ('user_01REMOVED', 'org_01SEEDAURORA', 'owner', 'removed'),
                   ('user_01DELETED', 'org_01SEEDAURORA', 'owner', 'active')
           ) as m (workos_user_id, workos_org_id, role, status)
      join organizations o on o.workos_org_id = m.workos_org_id";

/// A row of a table.
pub(in crate::database) struct Row {
    /// The organization's WorkOS id, `platform`, or nothing.
    pub(super) org: &'static str,
    /// The WorkOS user id of whom it is, or nothing.
    pub(super) user: &'static str,
    /// The guest of the meeting.
    pub(super) guest: Option<&'static str>,
    /// Whether the public sees it.
    pub(super) is_published: bool,
    /// The active members of the organization.
    pub(super) members: Vec<&'static str>,
    words: Vec<(&'static str, String)>,
}

impl Row {
    /// A statement about this row. `{org}` is its organization's id, `{user}` whose it is, `{n}` a number of its own;
    /// `{id}`, `{event}`, `{schedule}`, `{meeting}` and `{record}` are the ids of the rows of the same organization and
    /// user; `{guest}` is the guest as SQL has it, and `{published}` whether
    /// the public sees it.
    pub(super) fn fill(&self, statement: &str) -> String {
        self.words.iter().fold(statement.to_owned(), |text, (word, value)| text.replace(word, value))
    }

    /// For a person: whose row it is and where.
    pub(super) fn name(&self) -> String {
        format!("{}'s in {}", self.user, self.org)
    }
}

/// A database in which every table has its rows.
pub(super) struct Stage {
    /// The ids of the organizations, by their WorkOS ids.
    organizations: BTreeMap<&'static str, String>,
}

impl Stage {
    /// Fills a seeded database, as its owner.
    pub(super) async fn set(app: &TestApp) -> Self {
        let owner = app.owner().await;
        owner.batch_execute(PEOPLE).await.expect("people are made");
        let stage = Self { organizations: organizations(&owner).await };
        for table in tables::all() {
            let Some(fixture) = table.fixture else { continue };
            for row in stage.rows(table) {
                let insert = row.fill(&format!("insert into {} {fixture}", table.name));
                owner.batch_execute(&insert).await.unwrap_or_else(|error| panic!("{insert}: {error}"));
            }
        }
        stage
    }

    /// The rows of a table.
    pub(super) fn rows(&self, table: &Table) -> Vec<Row> {
        let pairs: Vec<(&str, &str)> = match table.rows {
            Rows::Memberships => MEMBERSHIPS.to_vec(),
            Rows::Users => {
                let mut users: Vec<(&str, &str)> = Vec::new();
                for (org, user) in MEMBERSHIPS {
                    if users.iter().all(|(_, known)| *known != user) {
                        users.push((org, user));
                    }
                }
                users
            }
            Rows::Organizations => [AURORA, NORTE, CASA, "platform"].map(|org| (org, "")).to_vec(),
            Rows::One => vec![("", "")],
        };
        pairs.into_iter().enumerate().map(|(number, (org, user))| self.row(table, number, org, user)).collect()
    }

    fn row(&self, table: &Table, number: usize, org: &'static str, user: &'static str) -> Row {
        let guest = VISITED.contains(&(org, user)).then_some(GUEST).filter(|_| table.name == "meetings");
        let id = |table: &str| format!("md5('{table} {org} {user}')::uuid");
        let words = vec![
            ("{org}", self.organizations.get(org).cloned().unwrap_or_default()),
            ("{user}", user.to_owned()),
            ("{n}", number.to_string()),
            ("{id}", id(table.name)),
            ("{event}", id("events")),
            ("{schedule}", id("schedules")),
            ("{meeting}", id("meetings")),
            ("{record}", id("records")),
            ("{published}", PUBLISHED.contains(&user).to_string()),
            ("{guest}", guest.map_or("null".to_owned(), |guest| format!("'{guest}'"))),
        ];
        let members = MEMBERSHIPS.iter().filter(|(of, user)| *of == org && !INACTIVE.contains(user));
        Row {
            org,
            user,
            guest,
            is_published: PUBLISHED.contains(&user) || table.name == "categories",
            members: members.map(|(_, user)| *user).collect(),
            words,
        }
    }
}

async fn organizations(owner: &Client) -> BTreeMap<&'static str, String> {
    let mut ids = BTreeMap::new();
    for org in [AURORA, NORTE, CASA, "platform"] {
        let id = "select id::text from organizations where coalesce(workos_org_id, type) = $1";
        ids.insert(org, owner.query_one(id, &[&org]).await.expect("the organization").get(0));
    }
    ids
}
