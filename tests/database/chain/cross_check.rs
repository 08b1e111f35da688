//! The database and `shared` compute the same hashes, each on its own, of whatever a row may hold (hardening D6).

use eleva::audit::chain::{self, Body, Hash, Header};
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

use super::{
    Trail,
    values::{optional_address, optional_id, optional_object, optional_text},
};
use crate::database::model::random::Random;

const SEED: u64 = 20_261_128;
const ORGANIZATIONS: usize = 5;
const ROWS: usize = 10_000;

/// Between the first row's time and now, microseconds.
const SPAN: usize = 8 * 365 * 24 * 60 * 60 * 1_000_000;

const IMPORT: &str = "
    select app.audit_import(
             org_id, now() - interval '1 microsecond' * age, workos_user_id, 'LEGACY_IMPORTED', 'compliance',
             resource_id, outcome, old_values::jsonb, new_values::jsonb, metadata::jsonb, ip_address::inet, user_agent
           )
      from unnest(
             $1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
             $10::text[]
           ) as entries (org_id, age, workos_user_id, resource_id, outcome, old_values, new_values, metadata, ip_address,
                         user_agent)";

const ALL: &str = "
    select l.id, l.org_id, l.seq, (extract(epoch from l.created_at) * 1000000)::bigint as created_at, l.action,
           l.resource_type, l.outcome, coalesce(l.metadata ? 'imported_at', false) as is_imported, l.salt,
           l.workos_user_id, l.actor_type, l.impersonator, l.resource_id, l.old_values::text as old_values,
           l.new_values::text as new_values, l.ip_address::text as ip_address, l.user_agent, l.request_id,
           l.metadata::text as metadata, l.prev_hash, l.hash, app.audit_hash(l) as computed
      from audit_logs l
     order by l.org_id, l.seq";

/// The columns of entries that are to be imported.
#[derive(Default)]
struct Entries {
    org_id: Vec<Uuid>,
    age: Vec<i64>,
    workos_user_id: Vec<Option<String>>,
    resource_id: Vec<Option<String>>,
    outcome: Vec<&'static str>,
    old_values: Vec<Option<String>>,
    new_values: Vec<Option<String>>,
    metadata: Vec<Option<String>>,
    ip_address: Vec<Option<&'static str>>,
    user_agent: Vec<Option<String>>,
}

impl Entries {
    fn at_random(organizations: &[Uuid]) -> Self {
        let random = &mut Random::new(SEED);
        let mut entries = Self::default();
        for _ in 0..ROWS {
            entries.org_id.push(organizations[random.below(organizations.len())]);
            entries.age.push(i64::try_from(random.below(SPAN)).expect("a few years"));
            entries.workos_user_id.push(optional_id(random));
            entries.resource_id.push(optional_id(random));
            entries.outcome.push(if random.one_in(2) { "success" } else { "failure" });
            entries.old_values.push(optional_object(random));
            entries.new_values.push(optional_object(random));
            entries.metadata.push(optional_object(random));
            entries.ip_address.push(optional_address(random));
            entries.user_agent.push(optional_text(random, 40));
        }
        entries
    }
}

/// The hash of a row by `shared`.
fn hash_of(row: &Row) -> Hash {
    let header = Header {
        id: row.get("id"),
        org_id: row.get("org_id"),
        seq: row.get("seq"),
        created_at: row.get("created_at"),
        action: row.get("action"),
        resource_type: row.get("resource_type"),
        outcome: row.get("outcome"),
        is_imported: row.get("is_imported"),
    };
    let body = Body {
        salt: row.get("salt"),
        workos_user_id: row.get("workos_user_id"),
        actor_type: row.get("actor_type"),
        impersonator: row.get("impersonator"),
        resource_id: row.get("resource_id"),
        old_values: row.get("old_values"),
        new_values: row.get("new_values"),
        ip_address: row.get("ip_address"),
        user_agent: row.get("user_agent"),
        request_id: row.get("request_id"),
        metadata: row.get("metadata"),
    };
    chain::link(row.get("prev_hash"), &chain::row_hash(&header.hash(), &body.hash()))
}

#[tokio::test]
async fn d6_the_database_and_the_functions_compute_the_same_chain_of_random_rows() {
    let trail = Trail::without_rows(ORGANIZATIONS).await;
    let partitions = "call app.create_audit_partitions(now() - interval '8 years', now())";
    trail.owner.batch_execute(partitions).await.expect("partitions");
    let entries = Entries::at_random(&trail.organizations);
    let columns: [&(dyn ToSql + Sync); 10] = [
        &entries.org_id,
        &entries.age,
        &entries.workos_user_id,
        &entries.resource_id,
        &entries.outcome,
        &entries.old_values,
        &entries.new_values,
        &entries.metadata,
        &entries.ip_address,
        &entries.user_agent,
    ];
    let imported = trail.owner.execute(IMPORT, &columns).await.expect("rows");
    assert_eq!(imported, ROWS as u64);
    // Who was in somebody else's place, and which request it was, no imported row tells.
    for &org_id in &trail.organizations {
        trail.write(org_id, 10).await;
    }

    let rows = trail.superuser.query(ALL, &[]).await.expect("the trail");
    assert_eq!(rows.len(), ROWS + 10 * ORGANIZATIONS);
    let mut before: Option<(Uuid, i64, Hash)> = None;
    for row in &rows {
        let (org_id, seq) = (row.get("org_id"), row.get("seq"));
        let computed = hash_of(row);
        assert_eq!(row.get::<_, &[u8]>("hash"), computed, "row {seq} of {org_id} as it is stored");
        assert_eq!(row.get::<_, &[u8]>("computed"), computed, "row {seq} of {org_id} by app.audit_hash");
        let (expected_seq, expected) = match before {
            Some((org_id_before, seq, hash)) if org_id_before == org_id => (seq + 1, hash),
            _ => (1, chain::genesis(org_id)),
        };
        assert_eq!((seq, row.get::<_, &[u8]>("prev_hash")), (expected_seq, expected.as_slice()));
        before = Some((org_id, seq, computed));
    }
    // Imported rows are of any age, and in order all the same.
    let report = trail.verify().succeed().await;
    assert!(report.out.contains("in order: 10050 rows of 6 organizations"), "{report}");
}
