//! Functions: who may call them, and whose rights they run with (hardening B5, B6, B17).

use super::{assert_none, texts};
use crate::app::TestApp;

/// Every function of ours: its owner, whether it runs with the owner's rights, and who else may call it. A new one is
/// to be listed here, with as few callers as it can do with.
const FUNCTIONS: [&str; 19] = [
    "app.await_upsert() eleva_owner",
    "app.begin(text,bytea) eleva_owner: eleva_app",
    "app.check_claims(text,bytea) eleva_definer definer: eleva_app",
    "app.context_field(text) eleva_definer",
    "app.context_payload() eleva_definer",
    "app.me() eleva_definer definer: authenticated",
    "app.members() eleva_definer definer: authenticated",
    "app.org_id() eleva_definer definer: authenticated",
    "app.refuse_move() eleva_owner",
    "app.refuse_reserved_slug() eleva_owner",
    "app.role() eleva_definer definer: authenticated",
    "app.touch() eleva_owner",
    "app.user_id() eleva_definer definer: authenticated",
    "app.virtual_transaction() eleva_definer",
    "auth.session() eleva_owner: authenticated",
    "auth.user_id() eleva_owner: authenticated",
    "refinery.assume_definer() eleva_owner",
    "refinery.lock_roles() eleva_owner",
    "refinery.release_definer() eleva_owner",
];

#[tokio::test]
async fn b17_functions_are_callable_by_exactly_those_who_need_them() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    owner.batch_execute("set search_path = ''").await.expect("names are to be qualified");
    let functions = "
        select p.oid::regprocedure || ' ' || p.proowner::regrole || case when p.prosecdef then ' definer' else '' end
               || coalesce(': ' || string_agg(
                    case when acl.grantee = 0 then 'PUBLIC' else acl.grantee::regrole::text end, ', '
                    order by acl.grantee::regrole::text
                  ) filter (where acl.grantee <> p.proowner), '')
          from pg_proc p
          join pg_namespace n on n.oid = p.pronamespace
          cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
         where {ours}
         group by p.oid
         order by p.oid::regprocedure::text collate \"C\"";
    assert_eq!(texts(&owner, functions).await, FUNCTIONS);
}

#[tokio::test]
async fn b6_what_runs_with_the_definer_s_rights_pins_its_search_path() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    assert_none(
        &owner,
        "a SECURITY DEFINER function has search_path = pg_catalog, pg_temp and is eleva_definer's",
        "select p.oid::regprocedure::text
           from pg_proc p
           join pg_namespace n on n.oid = p.pronamespace
          where p.prosecdef and {ours}
            and not (p.proowner = 'eleva_definer'::regrole
                     and p.proconfig @> array['search_path=pg_catalog, pg_temp'])",
    )
    .await;
    assert_none(
        &owner,
        "what reads the backend's pid does not run in a parallel worker, which has another",
        "select p.oid::regprocedure::text
           from pg_proc p
           join pg_namespace n on n.oid = p.pronamespace
          where n.nspname = 'app' and p.prorettype <> 'trigger'::regtype and p.proparallel = 's'",
    )
    .await;
}
