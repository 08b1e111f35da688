//! A history that is not this build's is not gone on with.

use super::Empty;

/// Migrates, changes the history and asserts that nothing goes on from there.
async fn assert_refused(change: &str, migration: &str, said: &str) {
    let empty = Empty::new().await;
    empty.migrate().succeed().await;
    empty.owner.batch_execute(change).await.expect(change);
    let applied = empty.applied().await;
    let report = empty.migrate().setting("BEGIN_KEYS", &format!("new:{}=", "A".repeat(43))).fail().await;
    assert!(report.err.contains("this build and the database disagree; no migration was applied"), "{report}");
    let says = |line: &str| line.starts_with(migration) && line.contains(said);
    assert!(report.err.lines().any(says), "{report}");
    assert_eq!(empty.applied().await, applied);
    let keys = empty.owner.query_one("select count(*) from begin_keys", &[]).await.expect("a count");
    assert_eq!(keys.get::<_, i64>(0), 0, "nothing else was written either");
    let report = empty.status().fail().await;
    assert!(report.out.lines().any(says) && report.out.contains("1 in disagreement"), "{report}");
}

#[tokio::test]
async fn b18_a_file_that_was_edited_after_it_had_landed_is_refused() {
    let edit = "update refinery.refinery_schema_history set checksum = '1' where version = 4";
    assert_refused(edit, "V0004__people", "CHANGED  applied").await;
}

#[tokio::test]
async fn b18_a_file_that_was_renamed_is_refused() {
    let rename = "update refinery.refinery_schema_history set name = 'persons' where version = 4";
    assert_refused(rename, "V0004__people", "CHANGED  applied").await;
}

#[tokio::test]
async fn b18_a_database_of_a_later_build_is_refused() {
    let later = "
        insert into refinery.refinery_schema_history (version, name, applied_on, checksum)
        select 9999, 'later', applied_on, '1' from refinery.refinery_schema_history where version = 1";
    assert_refused(later, "V9999__later", "UNKNOWN  applied").await;
}

#[tokio::test]
async fn b18_a_gap_is_refused() {
    let gap = "delete from refinery.refinery_schema_history where version = 4";
    assert_refused(gap, "V0004__people", "SKIPPED  not applied, although a later one is").await;
}
