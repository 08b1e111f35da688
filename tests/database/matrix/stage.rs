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
/// A seeded expert's own practice, and a seeded patient's account.
const PRACTICE: &str = "org_01SEEDPRACTICE";
const ACCOUNT: &str = "org_01SEEDACCOUNT";
/// A patient's own organization.
pub(super) const CASA: &str = "org_01CASA";
/// An organization that was deleted.
const LAPSED: &str = "org_01LAPSED";
pub(super) const GUEST: &str = "user_01CASAGUEST";
pub(super) const REVOKED_SESSION: &str = "session_revoked";

const ORGANIZATIONS: [&str; 7] = [AURORA, NORTE, PRACTICE, ACCOUNT, CASA, LAPSED, "platform"];

/// Who is a member where, in whatever status; most of the first four organizations' are seeded.
const MEMBERSHIPS: [(&str, &str); 19] = [
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
    (NORTE, "user_01SEEDAURORAADMIN"),
    (PRACTICE, "user_01SEEDEXPERT"),
    (ACCOUNT, "user_01SEEDPATIENT"),
    (CASA, GUEST),
    (LAPSED, "user_01SEEDAURORAOWNER"),
];

/// The memberships that open nothing.
const INACTIVE: [(&str, &str); 5] = [
    (AURORA, "user_01SEEDSUSPENDED"),
    (AURORA, "user_01SEEDINVITED"),
    (AURORA, "user_01REMOVED"),
    (NORTE, "user_01SEEDAURORAADMIN"),
    (LAPSED, "user_01SEEDAURORAOWNER"),
];

/// Those whose profile is published.
const PUBLISHED: [&str; 3] = ["user_01SEEDAURORAMEMBER", "user_01SEEDNORTEOWNER", "user_01SEEDBOTH"];

/// Whose event is not offered, although their profile is published.
const WITHOUT_OFFER: &str = "user_01SEEDNORTEOWNER";

/// Those whose meeting a guest has claimed: the one of another organization each time.
const VISITED: [(&str, &str); 2] = [(AURORA, "user_01SEEDAURORAMEMBER"), (NORTE, "user_01SEEDNORTEOWNER")];

/// What the seed leaves out.
const PEOPLE: &str = "
    insert into organizations (workos_org_id, slug, name, type, deleted_at)
    values ('org_01CASA', 'user-user_01CASAGUEST', 'Guest''s Account', 'patient_personal', null),
           ('org_01LAPSED', 'lapsed', 'Lapsed', 'clinic', now());
    insert into users (workos_user_id, email, deleted_at)
    values ('user_01CASAGUEST', 'guest@eleva.example', null),
           ('user_01REMOVED', 'removed@eleva.example', null),
           ('user_01DELETED', 'deleted@eleva.example', now());
    insert into user_org_memberships (workos_user_id, org_id, workos_membership_id, role, status)
    select m.workos_user_id, o.id, 'om_' || m.workos_user_id || m.workos_org_id, m.role, m.status
      from (values ('user_01CASAGUEST', 'org_01CASA', 'owner', 'active'),
                   ('user_01REMOVED', 'org_01SEEDAURORA', 'owner', 'removed'),
                   ('user_01DELETED', 'org_01SEEDAURORA', 'owner', 'active'),
                   ('user_01SEEDAURORAADMIN', 'org_01SEEDNORTE', 'owner', 'suspended'),
                   ('user_01SEEDAURORAOWNER', 'org_01LAPSED', 'owner', 'active')
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
    /// Whom the organization is open to.
    pub(super) members: Vec<&'static str>,
    words: Vec<(&'static str, String)>,
}

/// Whether somebody's only profile is that of this organization.
fn has_profile_in(user: &str, org: &str) -> bool {
    MEMBERSHIPS.iter().find(|of| of.1 == user).is_some_and(|of| of.0 == org)
}

impl Row {
    /// A statement about this row. `{org}` is its organization's id, `{user}` whose it is, `{n}` the number of that
    /// membership; `{id}`, `{event}`, `{schedule}`, `{meeting}` and `{record}` are the ids of the rows of the same
    /// organization and user; `{guest}` is the guest as SQL has it, `{published}` whether the profile is, and `{active}`
    /// whether the event is offered, `{org_type}` the organization's type.
    pub(super) fn fill(&self, statement: &str) -> String {
        self.words.iter().fold(statement.to_owned(), |text, (word, value)| text.replace(word, value))
    }
}

/// A database in which every table has its rows.
pub(in crate::database) struct Stage {
    /// The ids of the organizations, by their WorkOS ids.
    organizations: BTreeMap<&'static str, String>,
}

impl Stage {
    /// Fills a seeded database, as its owner.
    pub(in crate::database) async fn set(app: &TestApp) -> Self {
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

    /// The id of an organization.
    pub(in crate::database) fn organization(&self, workos_org_id: &str) -> &str {
        &self.organizations[workos_org_id]
    }

    /// The active and living members of an organization.
    pub(super) fn members(&self, org: &str) -> impl Iterator<Item = &'static str> {
        let active = MEMBERSHIPS.iter().filter(move |of| of.0 == org && !INACTIVE.contains(of));
        active.map(|(_, user)| *user).filter(|user| *user != "user_01DELETED")
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
            Rows::Organizations => ORGANIZATIONS.map(|org| (org, "")).to_vec(),
            Rows::One => vec![("", "")],
        };
        pairs.into_iter().map(|(org, user)| self.row(table, org, user)).collect()
    }

    /// A row of a table, which may not be there.
    pub(super) fn row(&self, table: &Table, org: &'static str, user: &'static str) -> Row {
        let guest = VISITED.contains(&(org, user)).then_some(GUEST).filter(|_| table.name == "meetings");
        let number = MEMBERSHIPS.iter().position(|membership| *membership == (org, user));
        let id = |table: &str| format!("md5('{table} {org} {user}')::uuid");
        let words = vec![
            ("{org}", self.organizations.get(org).cloned().unwrap_or_default()),
            ("{user}", user.to_owned()),
            ("{n}", number.map_or_else(String::new, |number| number.to_string())),
            ("{id}", id(table.name)),
            ("{event}", id("events")),
            ("{schedule}", id("schedules")),
            ("{meeting}", id("meetings")),
            ("{record}", id("records")),
            ("{published}", PUBLISHED.contains(&user).to_string()),
            ("{org_type}", if org == "platform" { "platform" } else { "clinic" }.to_owned()),
            ("{active}", (user != WITHOUT_OFFER).to_string()),
            ("{guest}", guest.map_or("null".to_owned(), |guest| format!("'{guest}'"))),
        ];
        let members = MEMBERSHIPS.iter().filter(|of| of.0 == org && !INACTIVE.contains(of));
        Row {
            org,
            user,
            guest,
            is_published: PUBLISHED.contains(&user)
                && (table.name != "events" || user != WITHOUT_OFFER && has_profile_in(user, org)),
            members: members.map(|(_, user)| *user).collect(),
            words,
        }
    }
}

async fn organizations(owner: &Client) -> BTreeMap<&'static str, String> {
    let mut ids = BTreeMap::new();
    for org in ORGANIZATIONS {
        let id = "select id::text from organizations where coalesce(workos_org_id, type) = $1";
        ids.insert(org, owner.query_one(id, &[&org]).await.expect("the organization").get(0));
    }
    ids
}
