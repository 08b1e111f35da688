//! Who writes and reads: the owners of organizations, each with events of their own.

use tokio_postgres::{
    Client, Error, Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use super::claims;
use crate::failure::Failure;

const MAKE: [&str; 5] = [
    "insert into organizations (workos_org_id, slug, name, type)
     select 'org_' || n, 'clinic-' || n, 'Clinic ' || n, 'clinic'
       from generate_series(1, {organizations}) as n",
    "insert into users (workos_user_id, email, email_verified)
     select 'user_' || n, 'person-' || n || '@clinics.example', true
       from generate_series(1, {organizations}) as n",
    "insert into user_org_memberships (workos_user_id, org_id, workos_membership_id, role, status, joined_at)
     select 'user_' || n, o.id, 'om_' || n, 'owner', 'active', now()
       from generate_series(1, {organizations}) as n
       join organizations o on o.slug = 'clinic-' || n",
    "insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
     select o.id, 'user_' || n, 'Consultation', 'consultation-' || number, 50
       from generate_series(1, {organizations}) as n
       join organizations o on o.slug = 'clinic-' || n
      cross join generate_series(1, {events}) as number",
    "vacuum analyze organizations, users, user_org_memberships, events",
];

const OWNERS: &str = "
    select o.id, o.workos_org_id, m.workos_user_id,
           array(select e.id from events e where e.org_id = o.id order by e.slug) as events
      from organizations o
      join user_org_memberships m on m.org_id = o.id
     order by o.id";

/// The owner of an organization.
pub(super) struct Person {
    pub(super) org_id: Uuid,
    pub(super) user_id: String,
    pub(super) events: Vec<Uuid>,
    workos_org_id: String,
}

/// What `app.begin` takes.
#[derive(Clone)]
pub(super) struct Claims {
    pub(super) text: String,
    pub(super) mac: Vec<u8>,
}

impl Person {
    /// Makes organizations with an owner and events, and gives the owners in the order of the organizations' ids.
    pub(super) async fn make(owner: &Client, organizations: u32, events: u32) -> Result<Vec<Self>, Failure> {
        let failed = || Failure::database("make organizations");
        for sql in MAKE {
            let sql = sql.replace("{organizations}", &organizations.to_string());
            owner.batch_execute(&sql.replace("{events}", &events.to_string())).await.map_err(failed())?;
        }
        let rows = owner.query(OWNERS, &[]).await.map_err(failed())?;
        rows.iter().map(from_row).collect::<Result<_, _>>().map_err(failed())
    }

    /// Says who is asking, under the first key of `BEGIN_KEYS`.
    pub(super) fn claims(&self, begin_keys: &str) -> Result<Claims, Failure> {
        let (text, mac) = claims::sign(&self.user_id, &self.workos_org_id, begin_keys)?;
        Ok(Claims { text, mac })
    }
}

impl Claims {
    /// Opens their scope in the transaction that was begun.
    pub(super) async fn begin(&self, client: &Client) -> Result<(), Error> {
        let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&self.text, Type::TEXT), (&self.mac, Type::BYTEA)];
        client.query_typed("select org_id, role from app.begin($1, $2)", &parameters).await.map(drop)
    }
}

fn from_row(row: &Row) -> Result<Person, Error> {
    Ok(Person {
        org_id: row.try_get("id")?,
        user_id: row.try_get("workos_user_id")?,
        events: row.try_get("events")?,
        workos_org_id: row.try_get("workos_org_id")?,
    })
}
