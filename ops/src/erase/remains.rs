//! What an erasure leaves, and why.

use tokio_postgres::{Client, Error, Row};
use uuid::Uuid;

const COUNTS: &str = "
    select (select count(*) from records where org_id = $1) as records,
           (select count(*) from record_versions where org_id = $1) as versions,
           (select count(*) from meetings where org_id = $1) as meetings,
           (select count(*) from payment_transfers where org_id = $1) as transfers,
           (select count(*) from audit_logs where org_id = $1) as trail,
           (select count(*) from audit_log_exports where org_id = $1) as exports,
           (select count(*)
              from meetings m
             where m.org_id <> $1
               and (m.guest_org_id = $1
                    or m.guest_workos_user_id in (
                         select u.workos_user_id from user_org_memberships u where u.org_id = $1
                       ))) as elsewhere";

/// Where else it is, which no transaction reaches.
const COPIES: &str = "\
not reached from here: the database's history window, its branches, snapshots and dumps, which hold keys and names as
they were until they are gone; exports of the trail; what WorkOS and Stripe keep. docs/phi-operations.md says for how
long, and how to end it.";

/// Tells it.
pub(super) async fn tell(client: &Client, org_id: Uuid) -> Result<(), Error> {
    let row = client.query_one(COUNTS, &[&org_id]).await?;
    let count = |name| count(&row, name);
    println!(
        "remains: {} records and {} earlier versions, which no key opens: the trail goes on vouching for them",
        count("records")?,
        count("versions")?
    );
    println!(
        "remains: {} meetings with their times and payments, and {} transfers: books have to be kept",
        count("meetings")?,
        count("transfers")?
    );
    println!(
        "remains: the audit trail, {} rows and {} exports of it: evidence has to be kept for seven years",
        count("trail")?,
        count("exports")?
    );
    println!(
        "remains: {} meetings of other organizations with people from here as guests: those organizations' documents",
        count("elsewhere")?
    );
    println!("{COPIES}");
    Ok(())
}

fn count(row: &Row, name: &str) -> Result<i64, Error> {
    row.try_get(name)
}
