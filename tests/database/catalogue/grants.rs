//! Grants on tables, columns and schemas: what none of them may be (hardening B7, B17). Which there are, exactly, is
//! migrations/manifest.txt.

use super::assert_none;
use crate::app::TestApp;

#[tokio::test]
async fn b7_b17_nobody_has_what_no_request_needs() {
    let app = TestApp::start().await;
    assert_none(
        &app.owner().await,
        "only owners do more than read and write rows, nothing is PUBLIC's, and nobody passes on a right",
        "with granted as (
           select c.oid as relation, c.relowner as owner, acl.*
             from pg_class c
             join pg_namespace n on n.oid = c.relnamespace
             cross join aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::\"char\",
                                                                 c.relowner))) acl
            where {ours}
            union all
           select c.oid, c.relowner, acl.*
             from pg_attribute a
             join pg_class c on c.oid = a.attrelid
             join pg_namespace n on n.oid = c.relnamespace
             cross join aclexplode(a.attacl) acl
            where {ours}
         )
         select relation::regclass || ': ' || privilege_type || ' to ' || grantee::regrole
           from granted
          where grantee <> owner
            and (grantee = 0 or is_grantable or privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))",
    )
    .await;
}

#[tokio::test]
async fn b17_schemas_are_closed_to_whoever_is_not_named() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    assert_none(
        &owner,
        "a schema is used by those who are named, and only its owner makes anything in it",
        "select n.nspname || ': ' || acl.privilege_type || ' to ' || acl.grantee::regrole
           from pg_namespace n
           cross join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) acl
          where {ours} and acl.grantee <> n.nspowner and (acl.grantee = 0 or acl.privilege_type <> 'USAGE')",
    )
    .await;
    assert_none(
        &owner,
        "nobody makes temporary tables, and only the owner makes schemas",
        "select role || ' ' || privilege
           from unnest(array['eleva_app', 'eleva_identity', 'eleva_exporter', 'authenticated', 'anonymous']) as role,
                unnest(array['TEMPORARY', 'CREATE']) as privilege
          where has_database_privilege(role, current_database(), privilege)",
    )
    .await;
    assert_none(
        &owner,
        "functions that are made later are not PUBLIC's",
        "select 'the default' where not exists (
           select
             from pg_default_acl d
            where d.defaclrole = 'eleva_owner'::regrole and d.defaclobjtype = 'f' and d.defaclnamespace = 0
              and not exists (select from aclexplode(d.defaclacl) acl where acl.grantee = 0)
         )",
    )
    .await;
}
