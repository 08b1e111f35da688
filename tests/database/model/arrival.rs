//! Who comes next.

use super::{SESSIONS, asker::Claim, random::Random, state::State, table::Table};

/// Somebody at the door of an organization: mostly one of its members, in a session that goes on.
pub(super) fn claim(random: &mut Random, state: &State) -> Claim {
    let mut membership = random.one_of(state.rows(Table::Memberships)).expect("somebody is a member").clone();
    if !membership.is("status", "active") && !random.one_in(3) {
        membership = random.one_of(state.rows(Table::Memberships)).expect("somebody is a member").clone();
    }
    let organizations = state.rows(Table::Organizations);
    let of_membership = organizations.iter().find(|row| row.get("id") == membership.get("org_id"));
    let organization = match random.one_in(10) {
        true => random.one_of(organizations),
        false => of_membership,
    };
    let workos_org = organization.and_then(|row| row.get("workos_org_id")).unwrap_or("org_of_nobody").to_owned();
    let user = match random.one_in(40) {
        true => "user_nobody".to_owned(),
        false => membership.get("workos_user_id").expect("a membership is somebody's").to_owned(),
    };
    let revoked = random.one_of(state.rows(Table::RevokedSessions)).filter(|_| random.one_in(12));
    let session = match revoked {
        Some(row) => row.get("sid").expect("a session has an id").to_owned(),
        None => loop {
            let session = format!("session_{}", random.below(SESSIONS));
            if !state.has(Table::RevokedSessions, &[("sid", &session)]) {
                break session;
            }
        },
    };
    Claim { user, workos_org, session }
}
