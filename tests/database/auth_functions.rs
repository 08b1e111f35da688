//! `auth.user_id()` and `auth.session()`, Neon's convention: they say who asks where `authenticated` may call them, and
//! nothing of ours hangs on it (hardening B6).

use dev::postgres::AuthFunctions;
use tokio_postgres::Client;

use super::{INSUFFICIENT_PRIVILEGE, clinics::Clinics, refusal, seen::seen};
use crate::app::{TestApp, world};

/// Asserts what the two functions say inside the connection's transaction, which goes on afterwards: of this person
/// (WorkOS user id) or of nobody; or that they are refused, where the schema is closed.
pub(super) async fn assert_says(client: &Client, user_id: Option<&str>) {
    client.batch_execute("savepoint auth_functions").await.expect("inside a transaction");
    let statement = "select auth.user_id() as user_id, auth.session() ->> 'sub' as sub, auth.session() as session";
    let said = client.query_typed_one(statement, &[]).await;
    match world().auth {
        AuthFunctions::StandIn => {
            let row = said.expect("authenticated may call them");
            let text = |column: &str| row.get::<_, Option<&str>>(column);
            assert_eq!((text("user_id"), text("sub")), (user_id, user_id));
            assert_eq!(row.get::<_, Option<serde_json::Value>>("session").is_some(), user_id.is_some());
        }
        AuthFunctions::Extension => {
            let refused = said.expect_err("the schema is closed to authenticated");
            let message = refused.as_db_error().map(|error| error.message().to_owned());
            assert_eq!(message.as_deref(), Some("permission denied for schema auth"));
            assert_eq!(refusal(Err::<(), _>(refused)).as_deref(), Some(INSUFFICIENT_PRIVILEGE));
        }
    }
    client.batch_execute("rollback to savepoint auth_functions").await.expect("the transaction goes on");
}

#[tokio::test]
async fn b6_they_say_who_asks_or_are_refused_and_the_policies_look_elsewhere() {
    let app = TestApp::start().await;
    Clinics::on_stage(&app).await;
    let begun = app.begin_as("user_01SEEDBOTH", "org_01SEEDNORTE").await;
    let before = seen(&begun.client).await;
    assert!(!before.is_empty(), "the policies let somebody through");
    assert_says(&begun.client, Some("user_01SEEDBOTH")).await;
    assert_eq!(seen(&begun.client).await, before, "in the same transaction");
    // A session can set it.
    let forgery = "select set_config('request.jwt.claims', '{\"sub\": \"user_01SEEDAURORAOWNER\"}', true)";
    begun.client.batch_execute(forgery).await.expect("set");
    assert_says(&begun.client, Some("user_01SEEDAURORAOWNER")).await;
    assert_eq!(seen(&begun.client).await, before, "it decides nothing");
}

#[tokio::test]
async fn b6_there_are_two_and_whoever_brought_the_schema_owns_them() {
    let app = TestApp::start().await;
    let statement = "
        select concat_ws(' ', p.oid::regprocedure, p.proowner::regrole, e.extname, 'for', (
                 select string_agg(case acl.grantee when 0 then 'PUBLIC' else acl.grantee::regrole::text end, ' ')
                   from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
                  where acl.grantee <> p.proowner
               ), 'in a schema of', n.nspowner::regrole, 'for', (
                 select string_agg(acl.grantee::regrole || ' ' || acl.privilege_type, ' ')
                   from aclexplode(n.nspacl) acl
                  where acl.grantee <> n.nspowner
               ))
          from pg_proc p
          join pg_namespace n on n.oid = p.pronamespace
          left join pg_depend d
            on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass
          left join pg_extension e on e.oid = d.refobjid
         where n.nspname = 'auth'
         order by p.proname";
    let rows = app.owner().await.query(statement, &[]).await.expect("functions");
    let found: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    let expected = match world().auth {
        AuthFunctions::StandIn => ["session", "user_id"].map(|name| {
            format!("auth.{name}() eleva_owner for authenticated in a schema of eleva_owner for authenticated USAGE")
        }),
        AuthFunctions::Extension => ["session", "user_id"]
            .map(|name| format!("auth.{name}() postgres pg_session_jwt for PUBLIC in a schema of postgres for")),
    };
    assert_eq!(found, expected);
}
