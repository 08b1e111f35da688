//! Whom the measured statements are asked among: many organizations, two members each, a hundred events each, and one
//! organization with ten thousand.

use std::fmt;

use serde::Serialize;
use tokio_postgres::Client;

use super::statements::{EVENTS_OF_A_CLINIC, EVENTS_OF_THE_LARGE_CLINIC};
use crate::{failure::Failure, progress::Step};

/// Clinic 0 is the large one. The members of clinic n are the users 2n, its owner, and 2n + 1.
const PEOPLE: &str = "
    insert into organizations (workos_org_id, slug, name, type)
    select 'org_' || n, 'clinic-' || n, 'Clinic ' || n, 'clinic'
      from generate_series(0, {organizations}) as n;

    insert into users (workos_user_id, email, email_verified, first_name, last_name)
    select 'user_' || n, 'person-' || n || '@clinics.example', true, 'Person', 'Number ' || n
      from generate_series(0, 2 * {organizations} + 1) as n;

    insert into user_org_memberships (workos_user_id, org_id, workos_membership_id, role, status, joined_at)
    select 'user_' || 2 * n + member, o.id, 'om_' || 2 * n + member,
           case member when 0 then 'owner' else 'member' end, 'active', now()
      from generate_series(0, {organizations}) as n
      join organizations o on o.slug = 'clinic-' || n
     cross join generate_series(0, 1) as member";

/// An organization's events lie far apart, as if they had been made over the years.
const EVENTS: &str = "
    insert into events (org_id, workos_user_id, name, slug, description, duration_in_minutes, price, \"order\")
    select o.id, 'user_' || 2 * n + number % 2, 'Consultation ' || number, 'consultation-' || number,
           'Anamnesis and a plan.', 50, 6000, number / 2
      from generate_series({first}, {last}) as n
      join organizations o on o.slug = 'clinic-' || n
     cross join generate_series(1, {events}) as number
     order by number, n";

/// How many rows there are.
#[derive(Debug, Serialize)]
pub(super) struct Crowd {
    pub(super) organizations: i64,
    pub(super) memberships: i64,
    pub(super) events: i64,
    /// Organizations of [`EVENTS_OF_A_CLINIC`] events.
    pub(super) clinics: u32,
}

impl Crowd {
    /// Fills a migrated database, as its owner.
    pub(super) async fn gather(owner: &Client, clinics: u32, step: &Step) -> Result<Self, Failure> {
        let failed = || Failure::database("fill the database");
        let people = PEOPLE.replace("{organizations}", &clinics.to_string());
        owner.batch_execute(&people).await.map_err(failed())?;
        for (first, last, events) in [(1, clinics, EVENTS_OF_A_CLINIC), (0, 0, EVENTS_OF_THE_LARGE_CLINIC)] {
            step.note(format!("{events} events for each of {}", last - first + 1));
            let insert = EVENTS
                .replace("{first}", &first.to_string())
                .replace("{last}", &last.to_string())
                .replace("{events}", &events.to_string());
            owner.batch_execute(&insert).await.map_err(failed())?;
        }
        step.note("VACUUM and ANALYZE");
        owner
            .batch_execute("vacuum (analyze) organizations, users, user_org_memberships, events")
            .await
            .map_err(failed())?;
        let count = "
            select (select count(*) from organizations), (select count(*) from user_org_memberships),
                   (select count(*) from events)";
        let row = owner.query_one(count, &[]).await.map_err(failed())?;
        let number = |column: usize| row.try_get(column).map_err(failed());
        Ok(Self { organizations: number(0)?, memberships: number(1)?, events: number(2)?, clinics })
    }
}

impl fmt::Display for Crowd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { organizations, memberships, events, .. } = self;
        write!(formatter, "{organizations} organizations, {memberships} memberships, {events} events")
    }
}
