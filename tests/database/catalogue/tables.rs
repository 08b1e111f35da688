//! Tables and columns (hardening B5, B14, B17, C1, C2).

use super::{assert_none, texts};
use crate::app::TestApp;

#[tokio::test]
async fn b5_b17_row_level_security_is_enabled_and_forced_on_every_table() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let tables = "
        select c.relname::text
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname in ('public', 'app')";
    assert!(texts(&owner, tables).await.len() >= 9, "the tables are found at all");
    assert_none(
        &owner,
        "row-level security is enabled and forced",
        "select c.oid::regclass::text
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and {ours} and n.nspname <> 'refinery'
            and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .await;
    assert_none(
        &owner,
        "a table that is no partition has a policy, and a partition has none",
        "select c.oid::regclass::text
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and {ours} and n.nspname <> 'refinery'
            and c.relispartition = exists (select from pg_policy p where p.polrelid = c.oid)",
    )
    .await;
    assert_none(
        &owner,
        "a view has the rights of who reads it, and nothing is materialized or foreign",
        "select c.oid::regclass::text
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
          where {ours}
            and (c.relkind in ('m', 'f')
                 or c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions), false))",
    )
    .await;
}

#[tokio::test]
async fn b14_every_row_belongs_to_an_organization_that_cannot_go_away_under_it() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    assert_none(
        &owner,
        "org_id is a uuid, not null, and refers to organizations",
        "select c.oid::regclass::text
           from pg_attribute a
           join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where a.attname = 'org_id' and c.relkind in ('r', 'p') and {ours}
            and not (
              a.attnotnull and a.atttypid = 'uuid'::regtype
              and exists (
                select
                  from pg_constraint f
                 where f.conrelid = c.oid and f.contype = 'f' and f.conkey = array[a.attnum]
                   and f.confrelid = 'public.organizations'::regclass
              )
            )",
    )
    .await;
    assert_none(
        &owner,
        "no deletion reaches past its own table, and no key change either",
        "select f.conname::text
           from pg_constraint f
           join pg_namespace n on n.oid = f.connamespace
          where f.contype = 'f' and {ours} and (f.confdeltype <> 'r' or f.confupdtype not in ('a', 'r'))",
    )
    .await;
    assert_none(
        &owner,
        "a trigger keeps org_id where it is",
        "select c.oid::regclass::text
           from pg_attribute a
           join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where a.attname = 'org_id' and c.relkind in ('r', 'p') and {ours}
            and not exists (
              select
                from pg_trigger t
               where t.tgrelid = c.oid and t.tgenabled = 'O' and t.tgfoid = 'app.refuse_move()'::regprocedure
            )",
    )
    .await;
}

#[tokio::test]
async fn c1_every_moment_has_its_zone() {
    let app = TestApp::start().await;
    assert_none(
        &app.owner().await,
        "timestamptz everywhere, and no time with a zone",
        "select c.oid::regclass || '.' || a.attname
           from pg_attribute a
           join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped and {ours}
            and (a.atttypid in ('timestamp'::regtype, 'timestamp[]'::regtype, 'timetz'::regtype)
                 or a.attname like '%\\_at' and a.atttypid <> 'timestamptz'::regtype)",
    )
    .await;
}

#[tokio::test]
async fn c2_every_enumeration_and_every_text_is_checked() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    assert_none(
        &owner,
        "a column that is called status, type or role has a CHECK",
        "select c.oid::regclass || '.' || a.attname
           from pg_attribute a
           join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and a.attnum > 0 and {ours} and a.attname ~ '(^|_)(status|type|role)$'
            and not exists (
              select
                from pg_constraint k
               where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any (k.conkey)
            )",
    )
    .await;
    assert_none(
        &owner,
        "a text is bounded by a CHECK, or by what it refers to",
        "select c.oid::regclass || '.' || a.attname
           from pg_attribute a
           join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and {ours} and n.nspname <> 'refinery'
            and a.atttypid in ('text'::regtype, 'text[]'::regtype)
            and not exists (
              select
                from pg_constraint k
               where k.conrelid = c.oid and k.contype in ('c', 'f') and a.attnum = any (k.conkey)
            )",
    )
    .await;
    assert_none(
        &owner,
        "no column has an enumeration type, which would be looked up by a prepared statement",
        "select c.oid::regclass || '.' || a.attname
           from pg_attribute a
           join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
           join pg_type t on t.oid = a.atttypid
          where c.relkind in ('r', 'p') and a.attnum > 0 and {ours} and t.typtype in ('e', 'd')",
    )
    .await;
}

#[tokio::test]
async fn c9_every_table_with_updated_at_has_the_trigger_that_keeps_it() {
    let app = TestApp::start().await;
    assert_none(
        &app.owner().await,
        "updated_at is set by app.touch before every update",
        "select c.oid::regclass::text
           from pg_attribute a
           join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where a.attname = 'updated_at' and c.relkind in ('r', 'p') and {ours}
            and not exists (
              select
                from pg_trigger t
               where t.tgrelid = c.oid and t.tgenabled = 'O' and t.tgfoid = 'app.touch()'::regprocedure
                 -- A row's, before, of an update of whatever column, on no condition.
                 and t.tgtype & 19 = 19 and t.tgattr = '' and t.tgqual is null
            )",
    )
    .await;
}

#[tokio::test]
async fn c8_every_counter_is_a_bigint() {
    let app = TestApp::start().await;
    assert_none(
        &app.owner().await,
        "what counts rows, bytes or accesses does not end at two thousand million",
        "select c.oid::regclass || '.' || a.attname
           from pg_attribute a
           join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and a.attnum > 0 and {ours}
            and (a.attname ~ '(^|_)(seq|count|size)$' and a.attname <> 'retry_count'
                 or c.relname = 'audit_stats' and a.attname ~ '_(access|events|exports)$')
            and a.atttypid <> 'bigint'::regtype",
    )
    .await;
}
