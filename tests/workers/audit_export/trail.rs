//! A trail of any time, whose chain the database computes as it does for every row.

use jiff::Timestamp;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::app::{TestApp, connect_directly, world};

/// Appends rows at the times that are given, of three actions in turn, with whatever a cell may have in it, and so much
/// that does not compress (in units of 32 bytes).
pub(super) const GROW: &str = "
    create or replace function pg_temp.grow(org uuid, first timestamptz, step interval, rows bigint, padding bigint)
    returns void
    language plpgsql
    as $function$
    declare
      entry audit_logs;
      head record;
      turn bigint;
    begin
      select h.seq, h.hash into head from audit_heads h where h.org_id = org;
      entry.org_id := org;
      entry.seq := coalesce(head.seq, 0);
      entry.hash := coalesce(head.hash, app.audit_genesis(org));
      for turn in 0..rows - 1 loop
        entry.prev_hash := entry.hash;
        entry.seq := entry.seq + 1;
        entry.id := gen_random_uuid();
        entry.created_at := first + turn * step;
        entry.action := (array['MEDICAL_RECORD_VIEWED', 'EVENT_UPDATED', 'SESSION_SIGNED_IN'])[turn % 3 + 1];
        entry.resource_type := (array['medical_record', 'event', 'session'])[turn % 3 + 1];
        entry.outcome := case when turn % 7 = 0 then 'failure' else 'success' end;
        entry.workos_user_id := case when turn % 5 <> 0 then 'user_' || turn % 5 end;
        entry.actor_type := case when turn % 5 <> 0 then 'user' else 'system' end;
        entry.resource_id := case when turn % 4 <> 0 then '=' || turn end;
        entry.old_values := case when turn % 3 = 1 then '{\"price\": 1.50, \"name\": \"a, \\\"b\\\"\"}'::jsonb end;
        entry.new_values := case when turn % 3 = 1 then '{\"price\": 2, \"name\": \"\\u00fc\\n\"}'::jsonb end;
        entry.ip_address := case when turn % 2 = 0 then '203.0.113.9' else '2001:db8::1' end::inet;
        entry.user_agent :=
          (array['Browser/1.0', '', '=HYPERLINK(\"x\")', E'two\\nlines', 'a, \"b\"', '''quoted', null])[turn % 7 + 1];
        entry.request_id := 'request-' || turn;
        entry.metadata := case
          when padding > 0 then jsonb_build_object(
            'padding', (select string_agg(md5(random()::text), '') from generate_series(1, padding))
          )
          when turn % 6 = 0 then '{\"entries\": 3}'
        end;
        entry.salt := uuid_send(gen_random_uuid());
        entry.hash := app.audit_hash(entry);
        insert into audit_logs select entry.*;
      end loop;
      insert into audit_heads (org_id, seq, hash, created_at)
      values (org, entry.seq, entry.hash, entry.created_at)
      on conflict (org_id) do update set seq = entry.seq, hash = entry.hash, created_at = entry.created_at;
    end
    $function$";

/// Rows to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    pub(crate) first: Timestamp,
    /// From one row to the next, in seconds.
    pub(crate) step: i64,
    pub(crate) count: i64,
    /// In units of 32 bytes that do not compress.
    pub(crate) padding: i64,
}

/// The organization with this slug.
pub(crate) async fn organization(owner: &Client, slug: &str) -> Uuid {
    let select = "select id from organizations where slug = $1";
    owner.query_one(select, &[&slug]).await.expect("the organization").get("id")
}

/// Appends rows to an organization's chain. Each is later than the one before.
pub(crate) async fn grow(app: &TestApp, org_id: Uuid, rows: Rows) {
    // Nobody else calls the functions that compute hashes.
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    let Rows { first, step, count, padding } = rows;
    let partitions = format!("call app.create_audit_partitions('{first}', now())");
    superuser.batch_execute(&partitions).await.expect("partitions");
    superuser.batch_execute(GROW).await.expect("a function");
    let grow = format!("select pg_temp.grow($1, $2, interval '{step} s', $3, $4)");
    superuser.query(&grow, &[&org_id, &first, &count, &padding]).await.expect("rows");
}
