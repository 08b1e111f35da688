//! Roles are the cluster's: what is changed about them is changed in a cluster of the test's own.

use dev::postgres;

use super::{PASSWORD_SETTINGS, assert_told, told};
use crate::{
    app::connect_directly,
    database::{
        migrate::cluster::{PASSWORD, Virgin},
        operator::Operator,
    },
};

/// A cluster whose only database is migrated.
async fn migrated(name: &str) -> Virgin {
    let virgin = Virgin::start(name).await;
    with_passwords(virgin.migrate()).succeed().await;
    virgin
}

fn check(virgin: &Virgin) -> Operator {
    let url = virgin.url(postgres::OWNER, PASSWORD);
    with_passwords(Operator::new(&["check"]).setting("DATABASE_URL_DIRECT", &url))
}

fn with_passwords(operator: Operator) -> Operator {
    PASSWORD_SETTINGS
        .into_iter()
        .fold(operator, |operator, (login, setting)| operator.setting(setting, &format!("{}-s-own", login.role())))
}

/// Asserts for each change that a check tells exactly its lines, and nothing once it is undone.
async fn tells_each(name: &str, changes: &[(&str, &str, &[&str])]) {
    let virgin = migrated(name).await;
    let superuser = connect_directly(&virgin.superuser_url("eleva")).await;
    check(&virgin).succeed().await;
    for (change, undo, lines) in changes {
        superuser.batch_execute(change).await.expect(change);
        assert_told(change, &check(&virgin).fail().await, lines);
        superuser.batch_execute(undo).await.expect(undo);
    }
    check(&virgin).succeed().await;
}

#[tokio::test]
async fn b5_b19_a_role_that_is_more_than_it_may_be_is_named() {
    tells_each(
        "check-attributes",
        &[
            (
                "alter role eleva_app bypassrls",
                "alter role eleva_app nobypassrls",
                &[
                    "differs: role eleva_app: bypassrls (migrations: nobypassrls)",
                    "differs: session row security of eleva_app: bypasses row security \
                     (migrations: does not bypass row security)",
                    "differs: session app.begin with an unsigned claim of eleva_app: EL007 (migrations: EL001)",
                ],
            ),
            (
                "alter role eleva_identity superuser",
                "alter role eleva_identity nosuperuser",
                &[
                    "differs: role eleva_identity: superuser (migrations: nosuperuser)",
                    "differs: session superuser of eleva_identity: superuser (migrations: no superuser)",
                    "differs: session making a schema of eleva_identity: possible (migrations: 42501)",
                    "differs: session making a table of eleva_identity: possible (migrations: 42501)",
                    "differs: session making a temporary table of eleva_identity: possible (migrations: 42501)",
                ],
            ),
            (
                "alter role eleva_definer login createrole",
                "alter role eleva_definer nologin nocreaterole",
                &["differs: role eleva_definer: login; createrole (migrations: nologin; nocreaterole)"],
            ),
            (
                "alter role eleva_app nologin",
                "alter role eleva_app login",
                &[
                    "differs: role eleva_app: nologin (migrations: login)",
                    "differs: session login of eleva_app: cannot connect to 127.0.0.1 (APP_DATABASE_PASSWORD): …",
                ],
            ),
            (
                "create role eleva_reporting login",
                "drop role eleva_reporting",
                &["not defined by the migrations: role eleva_reporting: login; inherit; …"],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn b5_b19_a_member_of_more_than_it_may_be_is_named() {
    tells_each(
        "check-memberships",
        &[
            (
                "grant eleva_definer to eleva_identity",
                "revoke eleva_definer from eleva_identity",
                &["not defined by the migrations: membership eleva_identity in eleva_definer: inherits; \
                   may set the role"],
            ),
            (
                // What a migration takes for a moment and gives back.
                "set role eleva_owner; call refinery.assume_definer(); reset role",
                "set role eleva_owner; call refinery.release_definer(); reset role",
                &[
                    "not defined by the migrations: membership owner in eleva_definer: inherits; may set the role",
                    "not defined by the migrations: grant create on schema app to eleva_definer",
                ],
            ),
            (
                "create role visitor login; grant authenticated to visitor",
                "drop role visitor",
                &["not defined by the migrations: membership visitor in authenticated: inherits; may set the role"],
            ),
            (
                "grant set on parameter session_replication_role to eleva_app",
                "revoke set on parameter session_replication_role from eleva_app",
                &["not defined by the migrations: grant something on parameter session_replication_role to eleva_app"],
            ),
            (
                "set role eleva_owner; revoke anonymous from eleva_app; reset role",
                "set role eleva_owner; grant anonymous to eleva_app; reset role",
                &["missing: membership eleva_app in anonymous: does not inherit; may set the role"],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn b5_b19_a_functions_login_that_inherits_is_named_and_reaches_tables() {
    let virgin = migrated("check-inheritance").await;
    virgin.run("alter role eleva_app inherit").await;
    let report = check(&virgin).fail().await;
    assert!(told(&report).contains(&"differs: role eleva_app: inherit (migrations: noinherit)"), "{report}");
    virgin.run("alter role eleva_app noinherit").await;

    // From PostgreSQL 16 on, it is the membership that inherits.
    let has_options = !report.out.contains("PostgreSQL 15");
    let (change, undo) = match has_options {
        true => ("grant authenticated to eleva_app with inherit true", "revoke authenticated from eleva_app"),
        false => ("alter role eleva_app inherit", "alter role eleva_app noinherit"),
    };
    virgin.run(change).await;
    let report = check(&virgin).fail().await;
    for beginning in [
        "differs: membership eleva_app in authenticated: inherits (migrations: does not inherit)",
        "differs: session tables within reach by itself of eleva_app: public.",
    ] {
        assert!(told(&report).iter().any(|line| line.starts_with(beginning)), "{beginning}: {report}");
    }
    virgin.run(undo).await;
    check(&virgin).succeed().await;
}

#[tokio::test]
async fn b5_b19_a_limit_or_a_search_path_that_was_changed_is_named_and_felt() {
    tells_each(
        "check-settings",
        &[
            (
                "alter role eleva_app set statement_timeout = '5min'",
                "alter role eleva_app set statement_timeout = '5s'",
                &[
                    "differs: setting statement_timeout of eleva_app: 5min (migrations: 5s)",
                    "differs: session statement_timeout of eleva_app: 5min (migrations: 5s)",
                ],
            ),
            (
                "alter role eleva_exporter reset idle_in_transaction_session_timeout",
                "alter role eleva_exporter set idle_in_transaction_session_timeout = '60s'",
                &[
                    "missing: setting idle_in_transaction_session_timeout of eleva_exporter: 60s",
                    "differs: session idle_in_transaction_session_timeout of eleva_exporter: 0 (migrations: 1min)",
                ],
            ),
            (
                "alter role eleva_identity set search_path = app",
                "alter role eleva_identity set search_path = public, pg_temp",
                &[
                    "differs: setting search_path of eleva_identity: app (migrations: public, pg_temp)",
                    "differs: session search_path of eleva_identity: app (migrations: public, pg_temp)",
                ],
            ),
            (
                "alter role all set idle_session_timeout = '1h'",
                "alter role all reset idle_session_timeout",
                &["not defined by the migrations: setting idle_session_timeout of every role: 1h"],
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn b5_b19_an_owner_who_would_not_see_everything_is_refused() {
    let virgin = migrated("check-owner").await;
    virgin.run("alter role eleva_owner nobypassrls").await;
    let report = check(&virgin).fail().await;
    assert!(report.err.contains("the role eleva_owner lacks BYPASSRLS"), "{report}");
}

#[tokio::test]
async fn b19_the_owner_s_name_and_what_the_platform_has_besides_do_not_matter() {
    let virgin = Virgin::start("check-platform").await;
    virgin
        .run(
            "create role neon_superuser nologin createdb createrole bypassrls;
              create role neondb_owner login createdb createrole bypassrls password 'the-platform-s-own';
              grant neon_superuser to neondb_owner",
        )
        .await;
    virgin.run("create database neondb owner neondb_owner").await;
    virgin.run("grant all on database neondb to neon_superuser").await;
    let superuser = connect_directly(&virgin.superuser_url("neondb")).await;
    let platform = "
        alter schema public owner to neondb_owner;
        alter default privileges in schema public grant all on tables to neon_superuser with grant option;
        create schema neon;
        create table neon.health_check (id integer)";
    superuser.batch_execute(platform).await.expect(platform);

    let url = postgres::url("neondb_owner", "the-platform-s-own", virgin.port(), "neondb");
    with_passwords(Operator::migrate(&url)).succeed().await;
    let report = with_passwords(Operator::new(&["check"]).setting("DATABASE_URL_DIRECT", &url)).succeed().await;
    assert!(report.out.starts_with("neondb as neondb_owner, PostgreSQL 1"), "{report}");
}
