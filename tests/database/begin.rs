//! `app.begin` is the only way in, and its key the only one that opens it (hardening B4, B5, B6).

use base64::{Engine, engine::general_purpose::STANDARD};
use dev::world::Login;
use serde_json::json;

use super::{
    INSUFFICIENT_PRIVILEGE, auth_functions,
    clinics::{self, AURORA, AURORA_OWNER, aurora_owner},
    operator::Operator,
    refusal,
    signed::Signed,
};
use crate::app::{BeginClaims, TestApp, connect_directly, world};

#[tokio::test]
async fn b6_a_begun_transaction_knows_who_asks_and_where() {
    let app = TestApp::start().await;
    let begun = app.begin_as("user_01SEEDBOTH", "org_01SEEDNORTE").await;
    let norte = clinics::id(&app.owner().await, "org_01SEEDNORTE").await;
    assert_eq!((begun.org_id, begun.role.as_str()), (norte, "admin"));
    let statement = "
        select app.user_id() as user_id, app.org_id() as org_id, app.role() as role,
               current_setting('request.jwt.claims')::jsonb ->> 'sub' as claimed_user_id,
               current_user::text as current_role, current_setting('search_path') as search_path";
    let row = begun.client.query_typed_one(statement, &[]).await.expect("a row");
    let text = |column: &str| row.get::<_, String>(column);
    assert_eq!((text("user_id"), text("role")), ("user_01SEEDBOTH".to_owned(), "admin".to_owned()));
    assert_eq!((row.get::<_, uuid::Uuid>("org_id"), text("claimed_user_id")), (norte, "user_01SEEDBOTH".to_owned()));
    assert_eq!((text("current_role"), text("search_path")), ("authenticated".to_owned(), "public, pg_temp".to_owned()));
    auth_functions::assert_says(&begun.client, Some("user_01SEEDBOTH")).await;
}

#[tokio::test]
async fn b6_no_mac_but_the_right_one_begins() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let signed = Signed::from(&aurora_owner());
    assert_eq!(signed.refusal(&client).await, None);

    let mut macs: Vec<(String, Vec<u8>)> = (0..signed.mac.len())
        .map(|at| {
            let mut mac = signed.mac.clone();
            mac[at] ^= 1;
            (format!("byte {at} differs"), mac)
        })
        .collect();
    macs.extend([
        ("empty".to_owned(), Vec::new()),
        ("cut short".to_owned(), signed.mac[..31].to_vec()),
        ("too long".to_owned(), [signed.mac.as_slice(), &[0]].concat()),
        ("zeros".to_owned(), vec![0; 32]),
        ("another key's".to_owned(), Signed::by(&[7; 32], signed.text.clone()).mac),
        ("the empty key's".to_owned(), Signed::by(&[], signed.text.clone()).mac),
        ("of other claims".to_owned(), Signed::from(&BeginClaims::new("user_01SEEDBOTH", AURORA)).mac),
        ("of the claims and a space".to_owned(), Signed::new(format!("{} ", signed.text)).mac),
    ]);
    for (what, mac) in macs {
        assert_eq!(signed.with_mac(mac).refusal(&client).await.as_deref(), Some("EL001"), "{what}");
    }
    for nothing in ["select app.begin(null, null)", "select app.begin('{}', null)", "select app.begin(null, '\\x00')"] {
        assert_eq!(refusal(client.batch_execute(nothing).await).as_deref(), Some("EL001"), "{nothing}");
    }
}

#[tokio::test]
async fn b6_every_key_of_the_ring_begins_until_it_is_taken_out() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let (old, new) = ([1; 32], [2; 32]);
    let entry = |kid: &str, key: [u8; 32]| format!("{kid}:{}", STANDARD.encode(key));
    let by = |key: &[u8]| Signed::by(key, aurora_owner().text());
    let owner_url = world().owner_url(app.database());
    let ring = format!("{},{}", entry("old", old), entry("new", new));
    Operator::migrate(&owner_url).setting("BEGIN_KEYS", &ring).succeed().await;
    assert_eq!(by(&old).refusal(&client).await, None);
    assert_eq!(by(&new).refusal(&client).await, None);
    let first = Signed::from(&aurora_owner()).refusal(&client).await;
    assert_eq!(first.as_deref(), Some("EL001"), "the key that was there before is gone");

    Operator::migrate(&owner_url).setting("BEGIN_KEYS", &entry("new", new)).succeed().await;
    assert_eq!(by(&old).refusal(&client).await.as_deref(), Some("EL001"));
    assert_eq!(by(&new).refusal(&client).await, None);
}

#[tokio::test]
async fn b4_an_organization_has_the_name_that_workos_gave_it_and_no_other() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let owner = app.owner().await;
    let aurora = clinics::id(&owner, AURORA).await.to_string();
    let platform = owner.query_one("select id::text from organizations where type = 'platform'", &[]).await;
    let platform: String = platform.expect("the platform's row").get(0);
    for name in [aurora.as_str(), &platform, "clinica-aurora", "ORG_01SEEDAURORA", "org_01SEEDAURORA ", "org_01NOBODY"]
    {
        let refused = Signed::from(&BeginClaims::new(AURORA_OWNER, name)).refusal(&client).await;
        assert_eq!(refused.as_deref(), Some("EL004"), "{name}");
    }
}

#[tokio::test]
async fn b6_a_transaction_begins_once() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let signed = Signed::from(&aurora_owner());
    for (between, sqlstate) in [("select", INSUFFICIENT_PRIVILEGE), ("set local role none", "EL008")] {
        client.batch_execute("begin").await.expect("a transaction");
        signed.call(&client).await.expect("the first begin");
        client.batch_execute(between).await.expect("what lies between");
        assert_eq!(refusal(signed.call(&client).await).as_deref(), Some(sqlstate), "{between}");
        client.batch_execute("rollback").await.expect("its end");
    }
}

#[tokio::test]
async fn b5_a_login_that_bypasses_row_level_security_cannot_begin() {
    let app = TestApp::start().await;
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    // The owner, who has BYPASSRLS, may not even call it.
    let owner = app.owner().await;
    let signed = Signed::from(&aurora_owner());
    assert_eq!(signed.refusal(&owner).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE));
    let grant = "grant execute on function app.check_claims(text, bytea) to eleva_owner";
    superuser.batch_execute(grant).await.expect("the owner may call it now");
    for (who, client) in [("the owner", &owner), ("the superuser", &superuser)] {
        assert_eq!(signed.refusal(client).await.as_deref(), Some("EL007"), "{who}");
    }
    // Whether it bypasses by an attribute or by being a superuser.
    let name = format!("superuser_{}", uuid::Uuid::new_v4().simple());
    let make = format!("create role {name} login superuser nobypassrls password 'a-password'");
    superuser.batch_execute(&make).await.expect("the superuser makes another");
    let url = dev::postgres::url(&name, "a-password", world().postgres_port, app.database());
    let other = connect_directly(&url).await;
    assert_eq!(signed.refusal(&other).await.as_deref(), Some("EL007"), "another superuser");
    drop(other);
    superuser.batch_execute(&format!("drop role {name}")).await.expect("it is dropped");
    // Nor does another role's name help: what counts is who logged in.
    superuser.batch_execute("set role eleva_app").await.expect("the superuser may be anybody");
    assert_eq!(signed.refusal(&superuser).await.as_deref(), Some("EL007"));
}

#[tokio::test]
async fn b6_no_other_login_may_call_it() {
    let app = TestApp::start().await;
    let signed = Signed::from(&aurora_owner());
    for login in [Login::Identity, Login::Exporter] {
        let client = app.connect_as(login).await;
        assert_eq!(signed.refusal(&client).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{login:?}");
    }
}

#[tokio::test]
async fn b6_an_impersonator_is_part_of_the_context() {
    let app = TestApp::start().await;
    let mut claims = aurora_owner();
    claims.0["act"] = json!({"sub": "support@eleva.example"});
    let begun = claims.begin(app.connect_as(Login::App).await).await.expect("begun");
    let statement = "select substr(current_setting('app.context'), 65)::jsonb ->> 'impersonator' as impersonator";
    let row = begun.client.query_typed_one(statement, &[]).await.expect("a row");
    assert_eq!(row.get::<_, &str>("impersonator"), "support@eleva.example");
}
