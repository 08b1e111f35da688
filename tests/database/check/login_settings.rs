//! What a session begins with. Settings of a role are the cluster's, but for those of one database.

use super::Migrated;
use crate::database::check::assert_told;

/// Asserts that a check tells exactly these lines after a statement in which `{database}` is the database.
async fn tells(statement: &str, lines: &[&str]) {
    let migrated = Migrated::new().await;
    let statement = statement.replace("{database}", migrated.database.name());
    migrated.superuser.batch_execute(&statement).await.expect(&statement);
    assert_told(&statement, &migrated.check().fail().await, lines);
}

#[tokio::test]
async fn b5_b19_a_setting_of_one_database_that_overrides_the_role_s_is_named_and_felt() {
    tells(
        "alter role eleva_app in database {database} set statement_timeout = 0",
        &[
            "not defined by the migrations: setting statement_timeout of eleva_app in this database: 0",
            "differs: session statement_timeout of eleva_app: 0 (migrations: 5s)",
        ],
    )
    .await;
    tells(
        "alter role eleva_identity in database {database} set search_path = app, public",
        &[
            "not defined by the migrations: setting search_path of eleva_identity in this database: app, public",
            "differs: session search_path of eleva_identity: app, public (migrations: public, pg_temp)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b5_b19_a_setting_of_everybody_s_is_named() {
    tells(
        "alter database {database} set statement_timeout = 0",
        // The role's own goes before it.
        &["not defined by the migrations: setting statement_timeout of every role in this database: 0"],
    )
    .await;
    tells(
        "alter database {database} set row_security = off",
        &[
            "not defined by the migrations: setting row_security of every role in this database: off",
            "differs: session row_security of eleva_app: off (migrations: on)",
            // The definer's own look at the keys is a refusal then.
            "differs: session app.begin with an unsigned claim of eleva_app: 42501 (migrations: EL001)",
            "differs: session row_security of eleva_identity: off (migrations: on)",
            "differs: session row_security of eleva_exporter: off (migrations: on)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b5_b19_a_session_in_which_triggers_sleep_is_named() {
    tells(
        "alter role eleva_exporter in database {database} set session_replication_role = replica",
        &[
            "not defined by the migrations: setting session_replication_role of eleva_exporter in this database: \
             replica",
            "differs: session session_replication_role of eleva_exporter: replica (migrations: origin)",
        ],
    )
    .await;
}
