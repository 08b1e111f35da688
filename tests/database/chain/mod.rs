//! The chain of the audit trail: that the database and `shared` compute the same hashes, that `ops audit verify` finds
//! and names whatever was done to a row, and that `ops audit retain` drops what is old and nothing else (hardening D6,
//! D13).

mod columns;
mod commands;
mod cross_check;
mod heads;
mod places;
mod rehashed;
mod retention;
mod retention_locks;
mod values;

use serde_json::Value;
use tokio_postgres::Client;
use uuid::Uuid;

use super::operator::{Operator, Report};
use crate::app::{Database, connect_directly, world};

/// How many rows each chain has.
const ROWS: i64 = 12;

/// A database in which somebody has written into several organizations' chains.
pub(super) struct Trail {
    database: Database,
    superuser: Client,
    owner: Client,
    pub(super) organizations: Vec<Uuid>,
}

impl Trail {
    /// One with so many organizations and nothing written.
    async fn without_rows(organizations: usize) -> Self {
        let database = Database::migrated().await;
        let superuser = connect_directly(&world().superuser_url(database.name())).await;
        let owner = connect_directly(&world().owner_url(database.name())).await;
        let sql = "
            insert into organizations (workos_org_id, slug, name, type)
            select 'org_' || number, 'clinic-' || number, 'Clinic ' || number, 'clinic'
              from generate_series(1, $1::integer) as number
            returning id";
        let count = i32::try_from(organizations).expect("a few");
        let rows = owner.query(sql, &[&count]).await.expect("organizations");
        let organizations = rows.iter().map(|row| row.get(0)).collect();
        Self { database, superuser, owner, organizations }
    }

    /// One with [`ROWS`] rows in each of so many organizations.
    async fn with_rows(organizations: usize) -> Self {
        let trail = Self::without_rows(organizations).await;
        for &org_id in &trail.organizations {
            trail.write(org_id, ROWS).await;
        }
        trail
    }

    /// Appends rows that have something in every column.
    async fn write(&self, org_id: Uuid, rows: i64) {
        let sql = "
            select app.audit_system(
                     $1, 'user_01', 'support@eleva.example', 'EVENT_UPDATED', 'event', 'event-' || number, 'success',
                     jsonb_build_object('price', number), jsonb_build_object('price', number + 1), '{\"reason\": \"x\"}',
                     '203.0.113.9', 'Browser/1.0', 'request-' || number
                   )
              from generate_series(1, $2::bigint) as number";
        self.owner.execute(sql, &[&org_id, &rows]).await.expect("rows");
    }

    /// Does something by hand to an organization's chain; `{org}` in the statements is its id.
    async fn tamper(&self, org_id: Uuid, statements: &str) {
        let statements = statements.replace("{org}", &org_id.to_string());
        self.superuser.batch_execute(&statements).await.unwrap_or_else(|error| panic!("{error}: {statements}"));
    }

    fn verify(&self) -> Operator {
        self.operator(&["audit", "verify", "--database"])
    }

    /// The database's name.
    pub(super) fn name(&self) -> &str {
        self.database.name()
    }

    /// The database's owner.
    pub(super) fn owner(&self) -> &Client {
        &self.owner
    }

    pub(super) fn retain(&self) -> Operator {
        self.operator(&["audit", "retain"])
    }

    fn operator(&self, arguments: &[&str]) -> Operator {
        Operator::new(arguments).setting("DATABASE_URL_DIRECT", &world().owner_url(self.database.name()))
    }

    /// What a verification finds, by organization.
    async fn findings(&self) -> Vec<Value> {
        let report = self.verify().arguments(&["--json"]).run().await;
        let found = in_json(&report);
        let findings = found["findings"].as_array().expect("a list").clone();
        assert_eq!(report.code, i32::from(!findings.is_empty()), "{report}");
        assert_eq!(found["in_order"], findings.is_empty(), "{report}");
        findings
    }

    /// Asserts that exactly these were found: the organization, what happened, and the places.
    pub(super) async fn assert_found(&self, expected: &[(Uuid, &str, i64, i64)]) -> Vec<Value> {
        let findings = self.findings().await;
        let brief = |finding: &Value| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            let number = |name: &str| finding[name].as_i64().expect("a number");
            (text("org_id"), text("finding"), number("seq"), number("last_seq"))
        };
        let mut expected: Vec<_> = expected
            .iter()
            .map(|&(org_id, finding, seq, last_seq)| (org_id.to_string(), finding.to_owned(), seq, last_seq))
            .collect();
        expected.sort();
        assert_eq!(findings.iter().map(brief).collect::<Vec<_>>(), expected, "{findings:#?}");
        findings
    }
}

fn in_json(report: &Report) -> Value {
    serde_json::from_str(&report.out).unwrap_or_else(|error| panic!("{error}: {report}"))
}

/// Computes every hash of an organization's chain from this place on anew, and the head, as somebody would who may do
/// everything and knows how.
fn computed_anew(from: i64) -> String {
    format!(
        "do $anew$
         declare
           entry audit_logs;
         begin
           for entry in select * from audit_logs where org_id = '{{org}}' and seq >= {from} order by seq loop
             entry.prev_hash := coalesce(
               (select l.hash from audit_logs l where l.org_id = entry.org_id and l.seq = entry.seq - 1),
               case when entry.seq = 1 then app.audit_genesis(entry.org_id) else entry.prev_hash end
             );
             entry.hash := app.audit_hash(entry);
             update audit_logs l
                set prev_hash = entry.prev_hash, hash = entry.hash
              where l.org_id = entry.org_id and l.seq = entry.seq;
             update audit_heads h
                set seq = entry.seq, hash = entry.hash, created_at = entry.created_at
              where h.org_id = entry.org_id;
           end loop;
         end
         $anew$;"
    )
}
