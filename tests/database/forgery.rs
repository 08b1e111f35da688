//! Whatever a session sets, it becomes nobody else (hardening B6, B15).

use std::collections::BTreeSet;

use dev::world::Login;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, types::Type};

use super::{
    auth_functions,
    clinics::{BOTH, BOTH_IN_NORTE, Clinics, NORTE, NORTE_OWNER, OWNER_IN_AURORA, aurora_owner},
    refusal,
    seen::seen,
    signed::Signed,
};
use crate::app::{BeginClaims, TestApp, world};

/// Every setting that a function, policy or view of ours reads. One that is read by a computed name would be missed.
const SETTINGS_READ: &str = r"
    with code (text) as (
      select pg_get_functiondef(p.oid)
        from pg_proc p
       where p.prokind in ('f', 'p')
         and p.pronamespace::regnamespace::text in ('public', 'app', 'auth', 'refinery')
       union all
      select concat_ws(' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) from pg_policy
       union all
      select definition from pg_views where schemaname in ('public', 'app', 'auth')
    )
    select array(
             select distinct setting[1]
               from code, regexp_matches(text, 'current_setting\(\s*''([^'']+)''', 'g') as setting
           ) as settings,
           (select sum(regexp_count(text, 'current_setting')) from code)::bigint as readings,
           (select sum(regexp_count(text, 'current_setting\(\s*''[^'']+''')) from code)::bigint as by_name";

/// Settings of the server itself that change who one is or what one sees, with values that would help.
const SETTINGS_OF_THE_SERVER: [(&str, &[&str]); 6] = [
    ("role", ROLES),
    ("session_authorization", ROLES),
    ("search_path", &["", "app", "pg_temp, public, app, pg_catalog"]),
    ("row_security", &["off", "on"]),
    ("session_replication_role", &["replica", "local"]),
    ("is_superuser", &["on"]),
];

const ROLES: &[&str] = &[
    "none",
    "authenticated",
    "anonymous",
    "eleva_app",
    "eleva_identity",
    "eleva_exporter",
    "eleva_definer",
    "eleva_owner",
    "postgres",
];

/// The settings that our code reads.
async fn settings_read(owner: &Client) -> Vec<String> {
    let row = owner.query_one(SETTINGS_READ, &[]).await.expect("the settings");
    let found: Vec<String> = row.get("settings");
    assert_eq!(row.get::<_, i64>("readings"), row.get::<_, i64>("by_name"), "a setting is read by a computed name");
    assert!(found.contains(&"app.context".to_owned()), "{found:?}");
    assert!(found.contains(&"request.jwt.claims".to_owned()), "{found:?}");
    found
}

/// What somebody who knows everything but the key would set, to be the owner of the other clinic.
fn values(clinics: &Clinics, own_context: &str) -> Vec<String> {
    let payload = serde_json::json!({
        "user_id": NORTE_OWNER, "org_id": clinics.norte, "role": "owner", "session_id": "session_test",
        "impersonator": null, "virtual_transaction": null,
    })
    .to_string();
    let hash: String = Sha256::digest(&payload).iter().map(|byte| format!("{byte:02x}")).collect();
    let signed = Signed::new(payload.clone());
    let mac: String = signed.mac.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        format!("{}{payload}", &own_context[..64]),
        format!("{}{payload}", "0".repeat(64)),
        format!("{hash}{payload}"),
        format!("{mac}{payload}"),
        payload,
        own_context.replace("SEEDAURORA", "SEEDNORTE"),
        own_context.replace(&clinics.aurora.to_string(), &clinics.norte.to_string()),
        own_context[..64].to_owned(),
        BeginClaims::new(NORTE_OWNER, NORTE).text(),
        clinics.norte.to_string(),
        NORTE_OWNER.to_owned(),
        String::new(),
        "null".to_owned(),
    ]
}

/// Sets it if the server lets us; the transaction goes on either way.
async fn set(client: &Client, setting: &str, value: &str, is_local: bool) {
    client.batch_execute("savepoint setting").await.expect("a savepoint");
    let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
        &[(&setting, Type::TEXT), (&value, Type::TEXT), (&is_local, Type::BOOL)];
    let outcome = client.query_typed("select pg_catalog.set_config($1, $2, $3)", parameters).await;
    let end = if refusal(outcome).is_some() { "rollback to savepoint setting" } else { "release savepoint setting" };
    client.batch_execute(end).await.expect("a savepoint");
}

/// The context that a begun transaction has.
async fn context(client: &Client) -> String {
    let row = client.query_typed_one("select current_setting('app.context')", &[]).await;
    row.expect("anybody may read it").get(0)
}

#[tokio::test]
async fn b6_b15_no_setting_makes_anybody_somebody_else() {
    let app = TestApp::start().await;
    let (clinics, stage) = Clinics::on_stage(&app).await;
    let owner = app.owner().await;
    let settings_read = settings_read(&owner).await;
    let own = stage.rightful(OWNER_IN_AURORA);
    let next = stage.rightful(BOTH_IN_NORTE);
    let public = stage.public();
    let pooler = world().start_pgbouncer("forgery", world().postgres_port, 1).await.expect("one server connection");
    let client = app.connect_at(pooler.port(), Login::App).await;
    let (claims, next_claims) = (Signed::from(&aurora_owner()), Signed::from(&BeginClaims::new(BOTH, NORTE)));

    client.batch_execute("begin").await.expect("a transaction");
    claims.call(&client).await.expect("begun");
    assert_eq!(seen(&client).await, own, "what there is to see without any forgery");
    let own_context = context(&client).await;
    client.batch_execute("commit").await.expect("its end");

    let forged = values(&clinics, &own_context);
    let of_the_code =
        settings_read.iter().flat_map(|name| forged.iter().map(move |value| (name.as_str(), value.as_str())));
    let of_the_server =
        SETTINGS_OF_THE_SERVER.iter().flat_map(|(name, values)| values.iter().map(move |value| (*name, *value)));
    for (setting, value) in of_the_code.chain(of_the_server) {
        for is_local in [true, false] {
            let what = format!("{setting} = {value} (local: {is_local})");

            client.batch_execute("begin").await.expect("a transaction");
            set(&client, setting, value, is_local).await;
            set(&client, "role", "authenticated", true).await;
            assert_eq!(seen(&client).await, BTreeSet::new(), "before any begin, {what}");
            client.batch_execute("rollback; begin").await.expect("a transaction");
            claims.call(&client).await.expect("begun");
            set(&client, setting, value, is_local).await;
            let after = seen(&client).await;
            let may = if (setting, value) == ("role", "anonymous") { &public } else { &own };
            assert!(after.is_subset(may), "after a begin, {what}: {after:?}");
            client.batch_execute("commit").await.expect("its end");

            client.batch_execute("begin").await.expect("a transaction");
            set(&client, "role", "authenticated", true).await;
            assert_eq!(seen(&client).await, BTreeSet::new(), "in the next transaction, {what}");
            client.batch_execute("rollback; begin").await.expect("a transaction");
            // Whom the pooler gives this connection next is themselves, or nobody.
            if claims_taken(&next_claims, &client).await {
                assert_eq!(seen(&client).await, next, "the next client, {what}");
            }
            client.batch_execute("rollback; reset role; reset all").await.expect("the connection is cleaned");
        }
    }
}

/// Begins, unless the session is in a state in which that is refused.
async fn claims_taken(signed: &Signed, client: &Client) -> bool {
    refusal(signed.call(client).await).is_none()
}

#[tokio::test]
async fn b15_an_empty_setting_means_nobody() {
    let app = TestApp::start().await;
    Clinics::on_stage(&app).await;
    let pooler = world().start_pgbouncer("empty", world().postgres_port, 1).await.expect("one server connection");
    let client = app.connect_at(pooler.port(), Login::App).await;
    client.batch_execute("begin").await.expect("a transaction");
    Signed::from(&aurora_owner()).call(&client).await.expect("begun");
    client.batch_execute("commit; begin; set local role authenticated").await.expect("the next transaction");
    let statement = "
        select current_setting('app.context') as context, current_setting('request.jwt.claims') as claims";
    let row = client.query_typed_one(statement, &[]).await.expect("a row");
    assert_eq!((row.get::<_, &str>("context"), row.get::<_, &str>("claims")), ("", ""), "empty and not null");
    auth_functions::assert_says(&client, None).await;
    assert_eq!(seen(&client).await, BTreeSet::new());
}
