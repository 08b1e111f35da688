//! Who writes what, and that nobody writes as somebody else (hardening D6, D7).

use dev::world::Login;
use eleva::audit::{Action, Writer};
use tokio_postgres::Client;

use super::{APPEND, refusal};
use crate::{
    app::{BeginClaims, TestApp, connect_directly, world},
    database::clinics::{AURORA, AURORA_MEMBER, AURORA_OWNER},
    trail::rows,
};

/// Tries to write every action, each in a savepoint. Gives those that were taken.
async fn taken(client: &Client, call: impl Fn(&str) -> String) -> Vec<Action> {
    let mut taken = Vec::new();
    for action in Action::ALL {
        client.batch_execute("savepoint attempt").await.expect("a savepoint");
        match refusal(client, &call(action.as_str())).await.as_deref() {
            None => taken.push(*action),
            Some("EL011") => {}
            Some(other) => panic!("{other}: {action:?}"),
        }
        client.batch_execute("rollback to savepoint attempt").await.expect("a savepoint");
    }
    taken
}

fn of(writer: Writer) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| action.writers().contains(&writer)).collect()
}

#[tokio::test]
async fn d6_every_login_writes_the_actions_of_its_list_and_no_others() {
    let app = TestApp::start().await;
    let begun = app.begin_as(AURORA_MEMBER, AURORA).await;
    let append = |action: &str| APPEND.replace("EVENT_UPDATED", action);
    assert_eq!(taken(&begun.client, append).await, of(Writer::Scope));

    for (login, writer) in [(Login::Identity, Writer::Identity), (Login::Exporter, Writer::Exporter)] {
        let client = app.connect_as(login).await;
        client.batch_execute("begin").await.expect("a transaction");
        let system = |action: &str| {
            format!(
                "select app.audit_system('{}', null, null, '{action}', 'security', null, 'success', null, null, null,
                                         null, null, null)",
                begun.org_id
            )
        };
        assert_eq!(taken(&client, system).await, of(writer), "{writer:?}");
    }
}

#[tokio::test]
async fn d6_within_a_scope_nobody_writes_as_another_in_another_organization_or_at_another_time() {
    let app = TestApp::start().await;
    let begun = app.begin_as(AURORA_MEMBER, AURORA).await;
    let client = &begun.client;
    for forged in [
        "select set_config('app.context', repeat('0', 64) || '{\"user_id\": \"user_01SEEDAURORAOWNER\"}', true)",
        "select set_config('app.context', replace(current_setting('app.context'), 'MEMBER', 'OWNER'), true)",
        "select set_config('app.context', '', true)",
    ] {
        client.batch_execute("savepoint attempt").await.expect("a savepoint");
        client.batch_execute(forged).await.expect("settings are anybody's");
        assert_eq!(refusal(client, APPEND).await.as_deref(), Some("EL009"), "{forged}");
        client.batch_execute("rollback to savepoint attempt").await.expect("a savepoint");
    }
    // What knows of no context is not theirs to call, and neither are the tables.
    for statement in [
        "select app.audit_system(app.org_id(), 'user_01SEEDAURORAOWNER', null, 'EVENT_UPDATED', 'event', null, \
         'success', null, null, null, null, null, null)",
        "select app.audit_import(app.org_id(), now(), 'user_01SEEDAURORAOWNER', 'EVENT_UPDATED', 'event', null, \
         'success', null, null, null, null, null)",
        "select app.audit_write(null::audit_logs, null)",
        "update audit_heads set seq = 0",
    ] {
        client.batch_execute("savepoint attempt").await.expect("a savepoint");
        assert_eq!(refusal(client, statement).await.as_deref(), Some("42501"), "{statement}");
        client.batch_execute("rollback to savepoint attempt").await.expect("a savepoint");
    }
    client.batch_execute(&format!("set local timezone = 'Pacific/Apia'; {APPEND}; commit")).await.expect("appended");
    let rows = rows(&app).await;
    let [row] = rows.as_slice() else { panic!("{rows:#?}") };
    assert_eq!(row.workos_user_id.as_deref(), Some(AURORA_MEMBER));
    assert_eq!((row.workos_org_id.as_deref(), row.actor_type.as_str()), (Some(AURORA), "user"));
    let recent = "select count(*) from audit_logs where created_at between now() - interval '1 min' and now()";
    assert_eq!(app.owner().await.query_one(recent, &[]).await.expect("a count").get::<_, i64>(0), 1);
}

#[tokio::test]
async fn d6_nobody_calls_a_row_imported_that_is_not() {
    let app = TestApp::start().await;
    let begun = app.begin_as(AURORA_MEMBER, AURORA).await;
    let forged =
        APPEND.replace("null, null, null, null)", "'{\"imported_at\": \"2999-01-01T00:00:00Z\"}', null, null, null)");
    assert_ne!(forged, APPEND);
    assert_eq!(refusal(&begun.client, &forged).await.as_deref(), Some("EL012"));
    let identity = app.connect_as(Login::Identity).await;
    let forged = format!(
        "select app.audit_system('{}', null, null, 'ORG_MEMBER_ADDED', 'user', null, 'success', null, null,
                                 '{{\"imported_at\": null}}', null, null, null)",
        begun.org_id
    );
    assert_eq!(refusal(&identity, &forged).await.as_deref(), Some("EL012"));
}

#[tokio::test]
async fn d6_what_a_session_was_left_with_changes_no_row_and_stops_none() {
    let app = TestApp::start().await;
    let mut hashes = Vec::new();
    for settings in [
        "",
        "set local standard_conforming_strings = off; set local datestyle = 'SQL, DMY';
                          set local timezone = 'Asia/Kolkata'; set local bytea_output = 'escape';
                          set local intervalstyle = 'iso_8601'; set local extra_float_digits = 0;",
    ] {
        let begun = app.begin_as(AURORA_MEMBER, AURORA).await;
        begun.client.batch_execute(&format!("{settings} {APPEND}; commit")).await.expect("appended");
    }
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    for row in superuser.query("select hash = app.audit_hash(l) from audit_logs l", &[]).await.expect("rows") {
        hashes.push(row.get::<_, bool>(0));
    }
    assert_eq!(hashes, [true, true]);
}

#[tokio::test]
async fn without_a_scope_nothing_is_appended() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    assert_eq!(refusal(&client, APPEND).await.as_deref(), Some("42501"));
    let role = format!("begin; set local role authenticated; {APPEND}");
    assert_eq!(refusal(&client, &role).await.as_deref(), Some("EL009"));
}

#[tokio::test]
async fn who_acts_in_somebody_s_name_is_named_beside_them() {
    let app = TestApp::start().await;
    let mut claims = BeginClaims::new(AURORA_OWNER, AURORA);
    claims.0["act"] = serde_json::json!({"sub": "support@eleva.example"});
    let begun = claims.begin(app.connect_as(Login::App).await).await.expect("begun");
    begun.client.batch_execute(&format!("{APPEND}; commit")).await.expect("appended");
    let impersonator = "select impersonator from audit_logs";
    let row = app.owner().await.query_one(impersonator, &[]).await.expect("the row");
    assert_eq!(row.get::<_, Option<String>>(0).as_deref(), Some("support@eleva.example"));
}
