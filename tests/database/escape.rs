//! A login role stays what it is: it becomes nobody else, makes nothing, and changes no rule (hardening B5, B6, B22).

use dev::world::Login;
use tokio_postgres::Client;

use super::{
    INSUFFICIENT_PRIVILEGE, NO_CONTEXT,
    clinics::{AURORA, AURORA_OWNER, Clinics},
    refusal,
};
use crate::app::{TestApp, world};

/// What would be an escape, if it were not refused.
const STATEMENTS: [&str; 44] = [
    "create table public.copy as select 1 as one",
    "create table app.copy (one integer)",
    "create schema escape",
    "create temporary table events (org_id uuid)",
    "create temporary view events as select 1 as one",
    "create function public.org_id() returns uuid language sql return null::uuid",
    "create function app.org_id(text) returns uuid language sql return null::uuid",
    "create function pg_temp.org_id() returns uuid language sql return null::uuid",
    "create or replace function app.org_id() returns uuid language sql return null::uuid",
    "create view public.everything as select 1 as one",
    "create type public.thing as (one integer)",
    "create role escape",
    "create extension file_fdw",
    "create policy everything on public.events for select using (true)",
    "drop policy events_tenant_select on public.events",
    "alter policy events_tenant_select on public.events using (true)",
    "alter table public.events disable row level security",
    "alter table public.events no force row level security",
    "alter table public.events owner to current_user",
    "alter table public.events disable trigger all",
    "alter function app.org_id() owner to current_user",
    "alter function app.org_id() security invoker",
    "alter role current_user bypassrls",
    "alter role eleva_app superuser",
    "alter role eleva_app inherit",
    "alter role eleva_owner password 'escape'",
    "alter database template1 set row_security = off",
    "drop table public.events",
    "drop table public.organizations cascade",
    "drop function app.org_id() cascade",
    "drop schema app cascade",
    "grant eleva_definer to current_user",
    "grant eleva_identity to eleva_app",
    "set role eleva_definer",
    "set session authorization eleva_owner",
    "set session_replication_role = replica",
    "copy public.users to stdout",
    "copy public.context_key to stdout",
    "copy (select 1) to program 'true'",
    "copy (select 1) to '/tmp/escape'",
    "select pg_read_file('postgresql.conf')",
    "select lo_import('/etc/hostname')",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'eleva_owner'",
    "select * from refinery.refinery_schema_history",
];

/// Sends a statement in a transaction of its own that leaves nothing.
async fn attempt(client: &Client, statement: &str) -> Option<String> {
    client.batch_execute("savepoint attempt").await.expect("a savepoint");
    let outcome = refusal(client.batch_execute(statement).await);
    client.batch_execute("rollback to savepoint attempt").await.expect("a savepoint");
    outcome
}

#[tokio::test]
async fn b5_no_login_makes_or_changes_anything_but_rows() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    // An owner's session stands where the statement that would end one looks.
    let owner = app.owner().await;
    let begun = app.begin_as(AURORA_OWNER, AURORA).await;
    let mut sessions = vec![("a begun transaction", begun.client)];
    for login in Login::ALL {
        let client = app.connect_as(login).await;
        client.batch_execute("begin").await.expect("a transaction");
        sessions.push((login.role(), client));
    }
    for (who, client) in &sessions {
        for statement in STATEMENTS {
            let refused = attempt(client, statement).await;
            let refused = refused.unwrap_or_else(|| panic!("{who}: {statement} was not refused"));
            assert!(["42501", "0LP01"].contains(&refused.as_str()), "{who}: {statement}: {refused}");
        }
    }
    owner.batch_execute("select 1").await.expect("nobody has ended the owner's session");
}

#[tokio::test]
async fn b6_a_login_becomes_none_but_the_roles_that_it_is_given() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    let names = app.owner().await.query("select rolname::text from pg_roles", &[]).await.expect("the roles");
    let begun = app.begin_as(AURORA_OWNER, AURORA).await;
    let mut sessions = vec![("eleva_app", begun.client)];
    for login in Login::ALL {
        let client = app.connect_as(login).await;
        client.batch_execute("begin").await.expect("a transaction");
        sessions.push((login.role(), client));
    }
    for (who, client) in &sessions {
        for name in names.iter().map(|row| row.get::<_, &str>(0)) {
            let given = name == *who || *who == "eleva_app" && ["authenticated", "anonymous"].contains(&name);
            let refused = attempt(client, &format!("set role {name}")).await;
            // A role of another test may be gone by now.
            let refused = refused.filter(|sqlstate| given || sqlstate != "22023");
            let expected = (!given).then(|| INSUFFICIENT_PRIVILEGE.to_owned());
            assert!(refused == expected || !given && refused.is_none(), "{who} as {name}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn b6_a_role_that_is_taken_without_a_begin_sees_nothing() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    for (role, tables, sqlstate) in [
        ("authenticated", ["events", "organizations", "user_org_memberships"], NO_CONTEXT),
        // Events are open to the public, those of published profiles.
        ("anonymous", ["meetings", "organizations", "user_org_memberships"], INSUFFICIENT_PRIVILEGE),
    ] {
        let client = app.connect_as(Login::App).await;
        client.batch_execute(&format!("begin; set local role {role}")).await.expect("eleva_app is a member");
        for table in tables {
            let refused = attempt(&client, &format!("select id from public.{table}")).await;
            assert_eq!(refused.as_deref(), Some(sqlstate), "{role}: {table}");
        }
    }
}

#[tokio::test]
async fn b6_a_search_path_left_behind_changes_nothing_of_a_scope() {
    let app = TestApp::start().await;
    let clinics = Clinics::with_events(&app).await;
    let pooler = world().start_pgbouncer("search-path", world().postgres_port, 1).await.expect("one connection");
    let client = app.connect_at(pooler.port(), Login::App).await;
    for path in ["", "app", "auth, app, public", "pg_temp, public", "pg_temp, app, pg_catalog", "nowhere"] {
        client.batch_execute(&format!("select set_config('search_path', '{path}', false)")).await.expect("set");
        let begun = crate::app::BeginClaims::new(AURORA_OWNER, AURORA)
            .begin(app.connect_at(pooler.port(), Login::App).await)
            .await
            .unwrap_or_else(|error| panic!("after {path}: {error}"));
        let statement = "select current_setting('search_path') as path, array_agg(distinct org_id) as seen from events";
        let row = begun.client.query_typed_one(statement, &[]).await.expect("a row");
        assert_eq!(row.get::<_, &str>("path"), "public, pg_temp", "after {path}");
        assert_eq!(row.get::<_, Vec<uuid::Uuid>>("seen"), [clinics.aurora], "after {path}");
        begun.client.batch_execute("commit").await.expect("its end");
    }
}

#[tokio::test]
async fn b6_a_condition_never_meets_a_row_of_another_organization() {
    let app = TestApp::start().await;
    let clinics = Clinics::with_events(&app).await;
    let begun = app.begin_as(AURORA_OWNER, AURORA).await;
    // It would divide by zero at a foreign row, and so tell that there is one.
    let condition = format!("1 / (case when org_id = '{}' then 0 else 1 end) = 1", clinics.norte);
    for statement in [
        format!("select id from events where {condition}"),
        format!("update events set name = 'Met' where {condition}"),
        format!("delete from events where {condition}"),
    ] {
        assert_eq!(attempt(&begun.client, &statement).await, None, "{statement}");
    }
}

#[tokio::test]
async fn b22_nobody_truncates_anything() {
    let app = TestApp::start().await;
    let begun = app.begin_as(AURORA_OWNER, AURORA).await;
    let tables = "
        select c.oid::regclass::text as name
          from pg_class c
         where c.relkind in ('r', 'p')
           and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast')";
    let owner = app.owner().await;
    owner.batch_execute("set search_path = ''").await.expect("names are to be qualified");
    let tables = owner.query(tables, &[]).await.expect("the tables");
    assert!(tables.len() > 8, "there are {} tables", tables.len());
    let mut sessions = vec![("a begun transaction", begun.client)];
    for (login, role) in [
        (Login::App, "eleva_app"),
        (Login::App, "authenticated"),
        (Login::App, "anonymous"),
        (Login::Identity, "eleva_identity"),
        (Login::Exporter, "eleva_exporter"),
    ] {
        let client = app.connect_as(login).await;
        client.batch_execute(&format!("begin; set local role {role}")).await.expect("a transaction");
        sessions.push((role, client));
    }
    for (who, client) in &sessions {
        for table in tables.iter().map(|row| row.get::<_, &str>("name")) {
            for statement in [format!("truncate {table}"), format!("truncate {table} cascade")] {
                let refused = attempt(client, &statement).await;
                assert_eq!(refused.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{who}: {statement}");
            }
        }
    }
}
