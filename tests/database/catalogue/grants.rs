//! Grants on tables, columns and schemas, exactly (hardening B7, B17).

use super::{assert_none, texts};
use crate::app::TestApp;

/// Every grant on a table: to whom, which, and on which columns where not on all.
const GRANTS: [&str; 33] = [
    "begin_keys eleva_definer SELECT",
    "context_key eleva_definer SELECT",
    "events authenticated DELETE",
    "events authenticated INSERT (org_id workos_user_id name slug description duration_in_minutes is_active order price \
     currency)",
    "events authenticated SELECT",
    "events authenticated UPDATE (name slug description duration_in_minutes is_active order price currency)",
    "organizations authenticated SELECT",
    "organizations authenticated UPDATE (slug name)",
    "organizations eleva_definer SELECT",
    "organizations eleva_exporter SELECT (id workos_org_id name timezone)",
    "organizations eleva_identity INSERT (workos_org_id slug name type)",
    "organizations eleva_identity SELECT",
    "organizations eleva_identity UPDATE (name deleted_at)",
    "revoked_sessions eleva_definer SELECT",
    "revoked_sessions eleva_identity INSERT (sid workos_user_id)",
    "revoked_sessions eleva_identity SELECT",
    "session_refreshes eleva_definer DELETE",
    "session_refreshes eleva_definer INSERT",
    "session_refreshes eleva_definer SELECT",
    "session_refreshes eleva_definer UPDATE",
    "user_org_memberships authenticated SELECT",
    "user_org_memberships eleva_definer SELECT",
    "user_org_memberships eleva_identity INSERT (workos_user_id org_id workos_membership_id role status joined_at \
     workos_updated_at)",
    "user_org_memberships eleva_identity SELECT",
    "user_org_memberships eleva_identity UPDATE (workos_membership_id role status joined_at workos_updated_at)",
    "users authenticated UPDATE (first_name last_name image_url country)",
    "users eleva_definer SELECT",
    "users eleva_identity INSERT (workos_user_id email email_verified first_name last_name image_url)",
    "users eleva_identity SELECT (id workos_user_id email email_verified first_name last_name image_url country \
     welcome_email_sent_at onboarding_completed_at created_at updated_at deleted_at)",
    "users eleva_identity UPDATE (email email_verified first_name last_name image_url deleted_at)",
    "workos_events eleva_identity INSERT (id type)",
    "workos_events eleva_identity SELECT",
    "workos_events eleva_identity UPDATE (applied_at)",
];

/// Who may use which schema. Nobody but the owner makes anything in one.
const SCHEMAS: [&str; 8] = [
    "app authenticated USAGE",
    "app eleva_app USAGE",
    "app eleva_definer USAGE",
    "auth authenticated USAGE",
    "public authenticated USAGE",
    "public eleva_definer USAGE",
    "public eleva_exporter USAGE",
    "public eleva_identity USAGE",
];

#[tokio::test]
async fn b7_b17_tables_and_columns_are_granted_as_listed() {
    let app = TestApp::start().await;
    let grants = "
        with granted as (
          select c.oid as relation, acl.grantee, acl.privilege_type, null as attname, 0 as attnum
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            cross join aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::\"char\",
                                                                c.relowner))) acl
           where {ours} and acl.grantee <> c.relowner
           union all
          select c.oid, acl.grantee, acl.privilege_type, a.attname, a.attnum
            from pg_attribute a
            join pg_class c on c.oid = a.attrelid
            join pg_namespace n on n.oid = c.relnamespace
            cross join aclexplode(a.attacl) acl
           where {ours} and acl.grantee <> c.relowner
        )
        select relation::regclass || ' ' || case when grantee = 0 then 'PUBLIC' else grantee::regrole::text end || ' '
               || privilege_type || coalesce(' (' || string_agg(attname, ' ' order by attnum) || ')', '') as line
          from granted
         group by relation, grantee, privilege_type
         order by line";
    assert_eq!(texts(&app.owner().await, grants).await, GRANTS);
}

#[tokio::test]
async fn b17_schemas_are_closed_to_whoever_is_not_named() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let schemas = "
        select n.nspname || ' ' || case when acl.grantee = 0 then 'PUBLIC' else acl.grantee::regrole::text end || ' '
               || acl.privilege_type as line
          from pg_namespace n
          cross join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) acl
         where {ours} and acl.grantee <> n.nspowner
         order by line";
    assert_eq!(texts(&owner, schemas).await, SCHEMAS);
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
