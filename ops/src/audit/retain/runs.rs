//! Which rows go: in each chain, the runs of consecutive ones.

use jiff::Timestamp;
use tokio_postgres::{Error, GenericClient};
use uuid::Uuid;

/// Consecutive rows of one chain that go.
pub(super) struct Run {
    pub(super) org_id: Uuid,
    pub(super) first_seq: i64,
    pub(super) last_seq: i64,
    /// What the chain is to say of them, JSON.
    pub(super) metadata: String,
}

/// Where rows go that speak of ones that went before, nobody would speak of those any more: they join the run. They lie
/// next to it, because everything that is earlier in a chain is older, too.
const RUNS: &str = "
    with gone as (
      select org_id, seq as first_seq, seq as last_seq, prev_hash, hash, created_at as oldest, created_at as youngest
        from audit_logs
       where created_at < $1
      union all
      select org_id, (metadata ->> 'first_seq')::bigint, (metadata ->> 'last_seq')::bigint,
             decode(metadata ->> 'prev_hash', 'hex'), decode(metadata ->> 'hash', 'hex'),
             (metadata ->> 'from')::timestamptz, (metadata ->> 'to')::timestamptz
        from audit_logs
       where created_at < $1
         and action = 'AUDIT_RETENTION_APPLIED'
         and actor_type = 'operator'
    ),
    edges as (
      select gone.*,
             lag(last_seq) over chain is distinct from first_seq - 1 as is_first,
             lead(first_seq) over chain is distinct from last_seq + 1 as is_last
        from gone
      window chain as (partition by org_id order by first_seq)
    ),
    numbered as (
      select edges.*, count(*) filter (where is_first) over (partition by org_id order by first_seq) as run
        from edges
    )
    select org_id, min(first_seq) as first_seq, max(last_seq) as last_seq,
           jsonb_build_object(
             'first_seq', min(first_seq),
             'last_seq', max(last_seq),
             'rows', max(last_seq) - min(first_seq) + 1,
             'prev_hash', encode(string_agg(prev_hash, '') filter (where is_first), 'hex'),
             'hash', encode(string_agg(hash, '') filter (where is_last), 'hex'),
             'from', to_char(min(oldest) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
             'to', to_char(max(youngest) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
           )::text as metadata
      from numbered
     group by org_id, run
     order by org_id, first_seq";

/// The runs among the rows that are older than this.
pub(super) async fn read(client: &impl GenericClient, end: Timestamp) -> Result<Vec<Run>, Error> {
    let mut runs = Vec::new();
    for row in client.query(RUNS, &[&end]).await? {
        runs.push(Run {
            org_id: row.try_get("org_id")?,
            first_seq: row.try_get("first_seq")?,
            last_seq: row.try_get("last_seq")?,
            metadata: row.try_get("metadata")?,
        });
    }
    Ok(runs)
}

/// In the order of the organizations' ids, as everybody writes who writes to several.
const RECORD: &str = "
    select app.audit_system(
             run.org_id, null, null, 'AUDIT_RETENTION_APPLIED', 'audit_log', null, 'success', null, null,
             run.metadata::jsonb, null, null, null
           )
      from (
             select org_id, metadata
               from unnest($1::uuid[], $2::text[]) with ordinality as runs (org_id, metadata, place)
              order by place
           ) as run";

/// Has the chains say that the runs went.
pub(super) async fn record(client: &impl GenericClient, runs: &[Run]) -> Result<(), Error> {
    let org_ids: Vec<Uuid> = runs.iter().map(|run| run.org_id).collect();
    let metadata: Vec<&str> = runs.iter().map(|run| run.metadata.as_str()).collect();
    client.execute(RECORD, &[&org_ids, &metadata]).await?;
    Ok(())
}
