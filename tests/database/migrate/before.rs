//! A database with data in it, as the previous release left it, is migrated without loss (hardening B18).

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::{Empty, files};

/// What the previous release's last file is.
const PREVIOUS: &str = "V0009__events";

/// Rows in every table that there was, with what a migration could stumble over: a deleted person, an organization of
/// nobody, events without a description, slugs of one character.
const ROWS: &str = "
    insert into organizations (workos_org_id, slug, name, type, deleted_at)
    select 'org_' || n, 'org-' || n, 'Clínica ' || n, 'clinic', case when n % 10 = 0 then now() end
      from generate_series(1, 50) as n;
    insert into users (workos_user_id, email, first_name, deleted_at)
    select 'user_' || n, 'Person' || n || '@eleva.example', 'José', case when n % 20 = 0 then now() end
      from generate_series(1, 200) as n;
    insert into user_org_memberships (workos_user_id, org_id, workos_membership_id, role, status)
    select 'user_' || n, o.id, 'om_' || n || '_' || o.slug,
           (array['owner', 'admin', 'member', 'billing_admin'])[1 + n % 4],
           (array['active', 'invited', 'suspended', 'removed'])[1 + n % 3]
      from generate_series(1, 200) as n
      join organizations o on o.slug in ('org-' || (1 + n % 49), 'org-' || (1 + n % 7));
    insert into events (org_id, workos_user_id, name, slug, description, duration_in_minutes, price, is_active)
    select m.org_id, m.workos_user_id, 'Consulta', substr(md5(m.id::text || n), 1, 1 + n) || '-' || n,
           case when n > 1 then 'Uma descrição' end, n, n * 1000, n % 2 = 0
      from user_org_memberships m, generate_series(1, 3) as n
      on conflict do nothing;
    insert into revoked_sessions (sid, workos_user_id) values ('session_1', 'user_1');
    insert into session_refreshes (token_hash, lease_id, leased_until, expires_at)
    values (sha256('token'), gen_random_uuid(), now(), now());
    insert into workos_events (id, type) values ('event_1', 'user.created');
    insert into begin_keys (kid, inner_pad, outer_pad)
    values ('k1', decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex'))";

/// Every row of every table that an application's role could reach, as JSON, without columns that did not exist before.
async fn rows(owner: &Client, columns: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let mut rows = BTreeMap::new();
    for (table, columns) in columns {
        let columns: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let statement = format!(
            "select to_jsonb(r)::text from (select {} from public.{table}) as r order by 1",
            columns.join(", ")
        );
        let found = owner.query(&statement, &[]).await.expect("rows");
        rows.insert(table.clone(), found.iter().map(|row| row.get(0)).collect());
    }
    rows
}

async fn columns(owner: &Client) -> BTreeMap<String, Vec<String>> {
    let statement = "
        select table_name::text, array_agg(column_name::text order by ordinal_position)
          from information_schema.columns
         where table_schema = 'public'
         group by table_name";
    let found = owner.query(statement, &[]).await.expect("columns");
    found.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn b18_a_database_of_the_previous_release_keeps_every_row() {
    let empty = Empty::new().await;
    // In the way of the first file after the previous release, so that it stops there.
    empty.owner.batch_execute("create schema extensions").await.expect("a schema");
    empty.migrate().fail().await;
    assert_eq!(empty.applied().await.last().map(String::as_str), Some(PREVIOUS));
    empty.owner.batch_execute("drop schema extensions").await.expect("out of the way");

    empty.owner.batch_execute(ROWS).await.expect("rows");
    let columns = columns(&empty.owner).await;
    let before = rows(&empty.owner, &columns).await;
    assert!(before.values().all(|rows| !rows.is_empty()), "every table has rows");
    assert!(before["events"].len() > 500, "{}", before["events"].len());

    empty.migrate().succeed().await;
    assert_eq!(empty.applied().await, files());
    assert_eq!(rows(&empty.owner, &columns).await, before, "to the last column, updated_at among them");
}
