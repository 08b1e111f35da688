//! What a row may hold, and what there is but once (hardening C2, C3, C4, C7, C9).

use std::collections::BTreeSet;

use dev::world::Login;
use tokio_postgres::Client;

use super::{clinics::Clinics, refusal};
use crate::app::TestApp;

const CHECK_VIOLATION: &str = "23514";
const UNIQUE_VIOLATION: &str = "23505";

/// Values that a column takes, and values that it does not: table, column, the former, the latter, as SQL.
type Bounds = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

#[rustfmt::skip]
const BOUNDS: &[Bounds] = &[
    ("events", "name", &["'n'", "repeat('é', 200)"], &["''", "repeat('n', 201)"]),
    ("events", "slug", &["'s'", "'a-1-b'", "repeat('s', 100)"],
     &["''", "'S'", "'-s'", "'s-'", "'a--b'", "'a b'", "'é'", "'a/b'", "e's\\n'", "repeat('s', 101)"]),
    ("events", "description", &["null", "''", "repeat('d', 5000)"], &["repeat('d', 5001)"]),
    ("events", "duration_in_minutes", &["1", "720"], &["0", "-1", "721"]),
    ("events", "price", &["0", "2147483647"], &["-1"]),
    ("events", "currency", &["'eur'", "'usd'"], &["''", "'EUR'", "'eu'", "'euro'", "'e1r'", "e'eur\\n'"]),
    ("organizations", "type", &["'clinic'", "'patient_personal'", "'expert_individual'", "'educational_institution'"],
     &["''", "'Clinic'", "'school'"]),
    ("organizations", "name", &["repeat('n', 500)"], &["''", "repeat('n', 501)"]),
    ("organizations", "slug", &["'X_1-y'"], &["''", "'a b'", "'a/b'", "'é'", "e'a\\n'", "repeat('s', 101)"]),
    ("organizations", "timezone", &["'UTC'"], &["''", "repeat('t', 65)"]),
    ("organizations", "workos_org_id", &["repeat('o', 100)"], &["null", "''", "repeat('o', 101)"]),
    ("users", "email", &["'a@b'"], &["''", "'ab'", "repeat('e', 321)"]),
    ("users", "country", &["'PT'", "'ES'"], &["''", "'pt'", "'PRT'", "e'PT\\n'"]),
    ("users", "first_name", &["null", "repeat('n', 200)"], &["repeat('n', 201)"]),
    ("users", "image_url", &["null", "repeat('u', 2048)"], &["repeat('u', 2049)"]),
    ("users", "stripe_bank_account_last4", &["null", "'0000'"], &["'00000'"]),
    ("user_org_memberships", "role", &["'owner'", "'admin'", "'member'", "'billing_admin'"],
     &["''", "'Owner'", "'superadmin'", "'owner '"]),
    ("user_org_memberships", "status", &["'active'", "'invited'", "'suspended'", "'removed'"],
     &["''", "'Active'", "'deleted'", "'pending'"]),
];

/// Sets a column of one row, which is not the platform's, and undoes it.
async fn set(owner: &Client, table: &str, column: &str, value: &str) -> Option<String> {
    let row = match table {
        "organizations" => "ctid = (select ctid from organizations where type = 'clinic' limit 1)".to_owned(),
        table => format!("ctid = (select ctid from {table} limit 1)"),
    };
    owner.batch_execute("begin").await.expect("a transaction");
    let outcome = owner.batch_execute(&format!("update {table} set {column} = {value} where {row}")).await;
    owner.batch_execute("rollback").await.expect("its end");
    refusal(outcome)
}

#[tokio::test]
async fn c2_c7_values_out_of_bounds_are_refused_and_those_within_are_taken() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    let owner = app.owner().await;
    for (table, column, within, beyond) in BOUNDS {
        for value in *within {
            assert_eq!(set(&owner, table, column, value).await, None, "{table}.{column} = {value}");
        }
        for value in *beyond {
            let refused = set(&owner, table, column, value).await;
            assert_eq!(refused.as_deref(), Some(CHECK_VIOLATION), "{table}.{column} = {value}");
        }
    }
}

#[tokio::test]
async fn c3_a_living_address_is_one_person_s_whatever_its_case() {
    let app = TestApp::start().await;
    let identity = app.connect_as(Login::Identity).await;
    let make = |user_id: &str, email: &str| {
        format!("insert into users (workos_user_id, email) values ('{user_id}', '{email}')")
    };
    for email in ["owner@aurora.example", "Owner@Aurora.Example", "OWNER@AURORA.EXAMPLE"] {
        let refused = refusal(identity.batch_execute(&make("user_01OTHER", email)).await);
        assert_eq!(refused.as_deref(), Some(UNIQUE_VIOLATION), "{email}");
    }
    let change = "update users set email = 'OWNER@aurora.example' where workos_user_id = 'user_01SEEDAURORAADMIN'";
    assert_eq!(refusal(identity.batch_execute(change).await).as_deref(), Some(UNIQUE_VIOLATION));

    let leave = "update users set deleted_at = now() where workos_user_id = 'user_01SEEDAURORAOWNER'";
    identity.batch_execute(leave).await.expect("the owner leaves");
    identity.batch_execute(&make("user_01OTHER", "Owner@Aurora.example")).await.expect("the address is free");
    let back = "update users set deleted_at = null where workos_user_id = 'user_01SEEDAURORAOWNER'";
    assert_eq!(refusal(identity.batch_execute(back).await).as_deref(), Some(UNIQUE_VIOLATION), "and taken again");
}

#[tokio::test]
async fn c4_there_is_one_of_what_is_unique() {
    let app = TestApp::start().await;
    let clinics = Clinics::with_events(&app).await;
    let owner = app.owner().await;
    let event = |organization: uuid::Uuid| {
        format!(
            "insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
             values ('{organization}', 'user_01SEEDBOTH', 'Another', 'taken', 30)"
        )
    };
    owner.batch_execute(&event(clinics.aurora)).await.expect("the first");
    assert_eq!(refusal(owner.batch_execute(&event(clinics.aurora)).await).as_deref(), Some(UNIQUE_VIOLATION));
    assert_eq!(refusal(owner.batch_execute(&event(clinics.norte)).await), None, "the same in another organization");
    for (what, statement) in [
        (
            "membership",
            "insert into user_org_memberships (workos_user_id, org_id, role, status)
                        select workos_user_id, org_id, role, status from user_org_memberships limit 1",
        ),
        ("WorkOS user id", "insert into users (workos_user_id, email) values ('user_01SEEDBOTH', 'new@eleva.example')"),
        (
            "organization",
            "insert into organizations (workos_org_id, slug, name, type)
                          values ('org_01SEEDAURORA', 'new', 'New', 'clinic')",
        ),
        (
            "slug",
            "insert into organizations (workos_org_id, slug, name, type)
                  values ('org_01NEW', 'clinica-aurora', 'New', 'clinic')",
        ),
        ("platform", "insert into organizations (slug, name, type) values ('new', 'New', 'platform')"),
        ("context key", "insert into context_key (inner_pad, outer_pad) select inner_pad, outer_pad from context_key"),
    ] {
        assert_eq!(refusal(owner.batch_execute(statement).await).as_deref(), Some(UNIQUE_VIOLATION), "{what}");
    }
}

#[tokio::test]
async fn c9_the_database_keeps_updated_at() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    let owner = app.owner().await;
    let rows = "
        insert into session_refreshes (token_hash, lease_id, leased_until, expires_at)
        values (sha256(''), gen_random_uuid(), now(), now())";
    owner.batch_execute(rows).await.expect("a row where there was none");
    let tables = "select table_name::text from information_schema.columns where column_name = 'updated_at'";
    let tables: BTreeSet<String> =
        owner.query(tables, &[]).await.expect("tables").iter().map(|row| row.get(0)).collect();
    assert!(tables.len() >= 5, "{tables:?}");
    for table in tables {
        // Neither forgotten nor set to something else.
        let statement =
            format!("update {table} set updated_at = 'epoch', created_at = 'epoch' returning updated_at = now()");
        owner.batch_execute("begin").await.expect("a transaction");
        let rows = owner.query(&statement, &[]).await.expect("an update");
        assert!(!rows.is_empty() && rows.iter().all(|row| row.get(0)), "{table}");
        owner.batch_execute("rollback").await.expect("its end");
    }
}
