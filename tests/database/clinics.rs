//! Two organizations with events in each, and who asks in them.

use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    matrix::{Person, Stage},
    seen,
};
use crate::app::{BeginClaims, TestApp};

pub(super) const AURORA: &str = "org_01SEEDAURORA";
pub(super) const NORTE: &str = "org_01SEEDNORTE";
pub(super) const AURORA_OWNER: &str = "user_01SEEDAURORAOWNER";
pub(super) const AURORA_MEMBER: &str = "user_01SEEDAURORAMEMBER";
pub(super) const NORTE_OWNER: &str = "user_01SEEDNORTEOWNER";
/// A member of the one and an administrator of the other.
pub(super) const BOTH: &str = "user_01SEEDBOTH";

/// Aurora's owner, and the member of both as an administrator of Norte and as a member of Aurora.
pub(super) const OWNER_IN_AURORA: Person = Person { user: AURORA_OWNER, org: AURORA, role: "owner" };
pub(super) const BOTH_IN_NORTE: Person = Person { user: BOTH, org: NORTE, role: "admin" };
pub(super) const BOTH_IN_AURORA: Person = Person { user: BOTH, org: AURORA, role: "member" };

/// Three events of Aurora's experts and two of Norte's.
const EVENTS: &str = "
    insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
    select o.id, m.workos_user_id, 'An event', lower(replace(m.workos_user_id, '_', '-')), 30
      from organizations o
      join user_org_memberships m on m.org_id = o.id
     where (o.workos_org_id, m.workos_user_id) in (
             ('org_01SEEDAURORA', 'user_01SEEDAURORAOWNER'),
             ('org_01SEEDAURORA', 'user_01SEEDAURORAMEMBER'),
             ('org_01SEEDAURORA', 'user_01SEEDBOTH'),
             ('org_01SEEDNORTE', 'user_01SEEDNORTEOWNER'),
             ('org_01SEEDNORTE', 'user_01SEEDBOTH')
           )";

/// The two organizations' ids in our own tables.
#[derive(Clone, Copy)]
pub(super) struct Clinics {
    pub(super) aurora: Uuid,
    pub(super) norte: Uuid,
}

impl Clinics {
    /// Where every table has its rows, and [`seen::seen`] can be asked.
    pub(super) async fn on_stage(app: &TestApp) -> (Self, Stage) {
        let stage = Stage::set(app).await;
        let owner = app.owner().await;
        seen::prepare(&owner).await;
        (Self { aurora: id(&owner, AURORA).await, norte: id(&owner, NORTE).await }, stage)
    }

    /// Gives the seeded organizations their events.
    pub(super) async fn with_events(app: &TestApp) -> Self {
        let owner = app.owner().await;
        owner.batch_execute(EVENTS).await.expect("events are made");
        Self { aurora: id(&owner, AURORA).await, norte: id(&owner, NORTE).await }
    }
}

/// The id of an organization that WorkOS names.
pub(super) async fn id(owner: &Client, workos_org_id: &str) -> Uuid {
    let row = owner.query_one("select id from organizations where workos_org_id = $1", &[&workos_org_id]).await;
    row.expect("the organization").get("id")
}

/// The claims of Aurora's owner, with which most things can be tried.
pub(super) fn aurora_owner() -> BeginClaims {
    BeginClaims::new(AURORA_OWNER, AURORA)
}
