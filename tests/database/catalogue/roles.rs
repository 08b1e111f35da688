//! Roles: those that log in own nothing and may nothing by themselves (hardening B5).

use dev::world::Login;

use super::{assert_none, texts};
use crate::app::TestApp;

const APPLICATION_ROLES: &str = "
    ('eleva_app', 'eleva_identity', 'eleva_exporter', 'authenticated', 'anonymous', 'eleva_definer')";

#[tokio::test]
async fn b5_no_role_has_an_attribute_that_lifts_it_over_the_rules() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let roles = format!(
        "select concat_ws(' ', rolname, case when rolcanlogin then 'login' end, case when rolinherit then 'inherit' end,
                          case when rolsuper then 'SUPERUSER' end, case when rolbypassrls then 'BYPASSRLS' end,
                          case when rolcreaterole then 'CREATEROLE' end, case when rolcreatedb then 'CREATEDB' end,
                          case when rolreplication then 'REPLICATION' end)
           from pg_roles
          where rolname in {APPLICATION_ROLES}
          order by rolname collate \"C\""
    );
    assert_eq!(
        texts(&owner, &roles).await,
        [
            "anonymous inherit",
            "authenticated inherit",
            "eleva_app login",
            "eleva_definer inherit",
            "eleva_exporter login inherit",
            "eleva_identity login inherit",
        ]
    );
    let memberships = format!(
        "select member::regrole || ' is ' || roleid::regrole
           from pg_auth_members
          where member::regrole::text in {APPLICATION_ROLES}
          order by 1"
    );
    assert_eq!(texts(&owner, &memberships).await, ["eleva_app is anonymous", "eleva_app is authenticated"]);
    let inherits = "
        select r from unnest(array['authenticated', 'anonymous', 'eleva_definer']) as r
         where pg_has_role('eleva_app', r, 'usage') or pg_has_role('eleva_identity', r, 'usage')
            or pg_has_role('eleva_exporter', r, 'usage')";
    assert_none(&owner, "no login inherits anything", inherits).await;
    let definer = "select 'the owner' where pg_has_role('eleva_owner', 'eleva_definer', 'usage')";
    assert_none(&owner, "no migration leaves the owner a member of eleva_definer", definer).await;
}

#[tokio::test]
async fn b5_what_logs_in_owns_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let owned = |roles: &str| {
        format!(
            "select d.refobjid::regrole || ' owns ' || pg_describe_object(d.classid, d.objid, d.objsubid)
               from pg_shdepend d
              where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
                and d.refobjid::regrole::text in {roles}
                and d.dbid in (0, (select oid from pg_database where datname = current_database()))"
        )
    };
    let logins = "('eleva_app', 'eleva_identity', 'eleva_exporter', 'authenticated', 'anonymous')";
    assert_none(&owner, "nothing is theirs", &owned(logins)).await;
    let definer = texts(&owner, &owned("('eleva_definer')")).await;
    assert!(!definer.is_empty() && definer.iter().all(|owns| owns.contains("owns function app.")), "{definer:?}");
}

#[tokio::test]
async fn b5_every_login_has_its_limits_and_its_search_path() {
    let app = TestApp::start().await;
    for (login, statement_timeout, idle_timeout) in
        [(Login::App, "5s", "10s"), (Login::Identity, "5s", "10s"), (Login::Exporter, "1min", "1min")]
    {
        let statement = "
            select current_setting('statement_timeout') as statement_timeout,
                   current_setting('idle_in_transaction_session_timeout') as idle_timeout,
                   current_setting('search_path') as search_path, session_user::text as login";
        let row = app.connect_as(login).await.query_typed_one(statement, &[]).await.expect("a row");
        let text = |column: &str| row.get::<_, String>(column);
        assert_eq!(text("login"), login.role());
        assert_eq!((text("statement_timeout"), text("idle_timeout")), (statement_timeout.into(), idle_timeout.into()));
        assert_eq!(text("search_path"), "public, pg_temp", "{login:?}");
    }
}
