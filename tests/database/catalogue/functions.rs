//! Functions: rules for who may call them and whose rights they run with (hardening B5, B6, B17). The list of them is
//! migrations/manifest.txt.

use super::assert_none;
use crate::app::TestApp;

#[tokio::test]
async fn b17_nobody_may_call_a_function_unless_named() {
    let app = TestApp::start().await;
    assert_none(
        &app.owner().await,
        "no function of ours is PUBLIC's, and nobody passes on a right to call one",
        "select p.oid::regprocedure::text
           from pg_proc p
           join pg_namespace n on n.oid = p.pronamespace
           cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
          where n.nspname in ('app', 'public', 'refinery')
            and (acl.grantee = 0 or acl.is_grantable and acl.grantee <> p.proowner)",
    )
    .await;
}

#[tokio::test]
async fn b6_what_runs_with_the_definer_s_rights_pins_its_search_path() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    assert_none(
        &owner,
        "a SECURITY DEFINER function has search_path = pg_catalog, pg_temp and is eleva_definer's, but for the one that
         makes tables",
        "select p.oid::regprocedure::text
           from pg_proc p
           join pg_namespace n on n.oid = p.pronamespace
          where p.prosecdef and {ours}
            and not ((p.proowner = 'eleva_definer'::regrole
                      or p.oid = 'app.ensure_audit_partitions()'::regprocedure)
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
