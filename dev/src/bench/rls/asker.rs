//! Who asks: a member of an organization, with claims that `app.begin` takes.

use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::crowd::Crowd;
use crate::{bench::claims, failure::Failure};

/// A member, and three events of their own.
const MEMBERS: &str = "
    select o.id as org_id, o.workos_org_id, m.workos_user_id,
           array(
             select e.id
               from events e
              where e.org_id = o.id and e.workos_user_id = m.workos_user_id
              order by random()
              limit 3
           ) as events
      from (
             select floor($1 + random() * $2)::integer as number, floor(random() * 2)::integer as member
               from generate_series(1, $3)
           ) as chosen
      join organizations o on o.slug = 'clinic-' || chosen.number
      join user_org_memberships m
        on m.org_id = o.id and m.workos_user_id = 'user_' || 2 * chosen.number + chosen.member";

/// A member of an organization.
pub(super) struct Asker {
    pub(super) org_id: Uuid,
    pub(super) user_id: String,
    /// One for each side: what one changes, another one's statement would wait for.
    pub(super) events: [Uuid; 3],
    /// The slugs of new events, one for each side.
    pub(super) slugs: [String; 3],
    workos_org_id: String,
}

impl Asker {
    /// Members of organizations of the ordinary size, at random.
    pub(super) async fn choose(owner: &Client, crowd: &Crowd, count: u32) -> Result<Vec<Self>, Failure> {
        choose(owner, 1.0, f64::from(crowd.clinics), count).await
    }

    /// Members of the large one.
    pub(super) async fn choose_in_large_clinic(owner: &Client, count: u32) -> Result<Vec<Self>, Failure> {
        choose(owner, 0.0, 1.0, count).await
    }

    /// The claims as text and their mac, as the functions send them: under the first key of `BEGIN_KEYS`.
    pub(super) fn signed_claims(&self, begin_keys: &str) -> Result<(String, Vec<u8>), Failure> {
        claims::sign(&self.user_id, &self.workos_org_id, begin_keys)
    }
}

async fn choose(owner: &Client, first: f64, clinics: f64, count: u32) -> Result<Vec<Asker>, Failure> {
    let failed = || Failure::database("choose who asks");
    // The same choice in every run.
    owner.batch_execute("select setseed(0.5)").await.map_err(failed())?;
    let rows = owner.query(MEMBERS, &[&first, &clinics, &(count as i32)]).await.map_err(failed())?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Asker, Failure> {
    let failed = || Failure::database("choose who asks");
    let events: Vec<Uuid> = row.try_get("events").map_err(failed())?;
    let events: [Uuid; 3] =
        events.try_into().map_err(|_| Failure::Unmet("somebody has fewer than three events".to_owned()))?;
    Ok(Asker {
        org_id: row.try_get("org_id").map_err(failed())?,
        user_id: row.try_get("workos_user_id").map_err(failed())?,
        events,
        slugs: ["one", "two", "six"].map(|word| format!("a-new-consultation-{word}")),
        workos_org_id: row.try_get("workos_org_id").map_err(failed())?,
    })
}
