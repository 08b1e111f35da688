//! Nobody who logs in changes a row that is there (hardening D6).

use dev::world::Login;
use tokio_postgres::Client;

use super::refusal;
use crate::{
    app::TestApp,
    database::clinics::{AURORA, AURORA_OWNER},
    trail::rows,
};

/// Every way to change, add, remove or hide rows without the functions that append them.
fn attempts(partition: &str) -> Vec<String> {
    let mut attempts = Vec::new();
    for table in ["public.audit_logs", partition, "public.audit_heads", "public.audit_refusals"] {
        attempts.extend([
            format!("insert into {table} select * from {table}"),
            format!("insert into {table} default values"),
            format!("update {table} set org_id = org_id"),
            format!("delete from {table}"),
            format!("truncate {table}"),
            format!("truncate {table} cascade"),
            format!("drop table {table}"),
            format!("alter table {table} disable row level security"),
            format!("alter table {table} rename to gone"),
            format!("create policy mine on {table} using (true)"),
            format!("create index on {table} (org_id)"),
            format!("lock table {table} in access exclusive mode"),
        ]);
    }
    attempts.extend([
        format!("alter table public.audit_logs detach partition {partition}"),
        format!("alter table public.audit_logs detach partition {partition} concurrently"),
        "create table public.mine partition of public.audit_logs for values from ('2199-01-01') to ('2199-04-01')"
            .to_owned(),
        "create rule mine as on insert to public.audit_logs do instead nothing".to_owned(),
        "create trigger mine before insert on public.audit_logs execute function app.touch()".to_owned(),
        "set session_replication_role = replica".to_owned(),
    ]);
    attempts
}

async fn assert_refused(client: &Client, who: &str, partition: &str) {
    for attempt in attempts(partition) {
        client.batch_execute("begin").await.expect("a transaction");
        let refused = refusal(client, &attempt).await;
        client.batch_execute("rollback").await.expect("its end");
        // DETACH … CONCURRENTLY is refused within a transaction before anybody asks whose table it is.
        let is_refused = matches!(refused.as_deref(), Some("42501" | "25001"));
        assert!(is_refused, "{who}: {refused:?}: {attempt}");
    }
    let concurrently = format!("alter table public.audit_logs detach partition {partition} concurrently");
    assert_eq!(refusal(client, &concurrently).await.as_deref(), Some("42501"), "{who}, without a transaction");
}

#[tokio::test]
async fn d6_no_login_changes_removes_or_hides_a_row() {
    let app = TestApp::start().await;
    app.client_of("owner@aurora.example").await;
    let before = rows(&app).await;
    assert!(!before.is_empty());
    let partition = "select 'public.' || tableoid::regclass::text from audit_logs limit 1";
    let partition: String = app.owner().await.query_one(partition, &[]).await.expect("the row").get(0);
    for login in [Login::App, Login::Identity, Login::Exporter] {
        assert_refused(&app.connect_as(login).await, &format!("{login:?}"), &partition).await;
    }
    for attempt in attempts(&partition) {
        let begun = app.begin_as(AURORA_OWNER, AURORA).await;
        let refused = refusal(&begun.client, &attempt).await;
        assert!(matches!(refused.as_deref(), Some("42501" | "25001")), "an owner: {refused:?}: {attempt}");
    }
    assert_eq!(rows(&app).await, before);
}
