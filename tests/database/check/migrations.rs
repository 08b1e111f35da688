//! Migrations that are not applied, or not as this build has them, are told first and alone.

use super::{Migrated, assert_told, check};
use crate::{
    app::{Database, world},
    database::migrate,
};

#[tokio::test]
async fn b18_b19_a_pending_migration_is_told_and_nothing_else() {
    let migrated = Migrated::then(
        "delete from refinery.refinery_schema_history
          where version = (select max(version) from refinery.refinery_schema_history);
         alter table events disable row level security",
    )
    .await;
    let last = migrate::files().pop().expect("a file");
    assert_told("a pending one", &migrated.check().fail().await, &[&format!("pending: migration {last}")]);
}

#[tokio::test]
async fn b18_b19_a_migration_that_is_another_than_was_applied_is_told_and_nothing_else() {
    let migrated = Migrated::then(
        "update refinery.refinery_schema_history set checksum = '1' where version = 1;
         alter table events disable row level security",
    )
    .await;
    let report = migrated.check().fail().await;
    assert_told("a changed one", &report, &["diverged: migration V0001__roles: CHANGED  applied …"]);
}

#[tokio::test]
async fn b18_b19_in_a_database_that_was_never_migrated_everything_is_pending() {
    let database = Database::empty().await;
    let report = check(&world().owner_url(database.name())).fail().await;
    let lines: Vec<String> = migrate::files().iter().map(|file| format!("pending: migration {file}")).collect();
    assert_told("an empty one", &report, &lines.iter().map(String::as_str).collect::<Vec<&str>>());
}
