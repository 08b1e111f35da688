//! Migrating from empty, and again.

use super::{Empty, files};

/// Everything that a migration makes, with the transaction that last wrote it.
const WRITTEN: &str = "
    select array_agg(line order by line)
      from (
        select 'table ' || oid || ' ' || xmin from pg_class where relnamespace::regnamespace::text in ('public', 'app')
         union all
        select 'function ' || oid || ' ' || xmin from pg_proc
         where pronamespace::regnamespace::text in ('app', 'auth', 'refinery')
         union all
        select 'policy ' || oid || ' ' || xmin from pg_policy
         union all
        select 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') from pg_namespace where nspname !~ '^pg_(temp|toast_temp)'
         union all
        select 'migration ' || version || ' ' || xmin from refinery.refinery_schema_history
         union all
        select 'key of contexts ' || xmin from context_key
      ) as written (line)";

#[tokio::test]
async fn b18_a_database_is_built_from_empty_and_left_alone_after_that() {
    let empty = Empty::new().await;
    let count = files().len();
    let report = empty.status().fail().await;
    assert!(report.out.contains(&format!("0 applied, {count} pending, 0 in disagreement")), "{report}");
    assert!(!empty.has("schema refinery").await, "looking changes nothing");

    let report = empty.migrate().succeed().await;
    assert!(report.out.contains(&format!("{count} migrations applied")), "{report}");
    assert_eq!(empty.applied().await, files());
    let report = empty.status().succeed().await;
    assert!(report.out.contains(&format!("{count} applied, 0 pending, 0 in disagreement")), "{report}");
    for file in files() {
        assert!(report.out.lines().any(|line| line.starts_with(&file) && line.contains("applied  2")), "{report}");
    }

    let written: Vec<String> = empty.owner.query_one(WRITTEN, &[]).await.expect("a row").get(0);
    assert!(written.len() > 50, "{written:?}");
    let report = empty.migrate().succeed().await;
    assert!(report.out.contains("no migration is pending"), "{report}");
    let again: Vec<String> = empty.owner.query_one(WRITTEN, &[]).await.expect("a row").get(0);
    assert_eq!(again, written, "nothing was written again");
}

#[tokio::test]
async fn b6_b18_the_database_itself_is_closed_too() {
    let empty = Empty::new().await;
    empty.migrate().succeed().await;
    // What is granted on a database is not copied with it, so that clones do not show this.
    let statement =
        "select has_database_privilege(role, current_database(), 'TEMPORARY') from unnest($1::text[]) as role";
    let roles = ["eleva_app", "eleva_identity", "eleva_exporter", "authenticated", "anonymous"].as_slice();
    let rows = empty.owner.query(statement, &[&roles]).await.expect("rows");
    assert!(rows.len() == 5 && rows.iter().all(|row| !row.get::<_, bool>(0)));
}

#[tokio::test]
async fn b18_it_says_where_it_is_and_as_whom() {
    let empty = Empty::new().await;
    let report = empty.migrate().succeed().await;
    let first = report.out.lines().next().expect("a line");
    assert!(first.starts_with(&format!("{} as eleva_owner, PostgreSQL 1", empty.database.name())), "{report}");
    for file in files() {
        assert!(
            report.out.lines().any(|line| line.starts_with(&format!("{file} … ")) && line.ends_with(" ms")),
            "{report}"
        );
    }
    for role in ["eleva_app", "eleva_identity", "eleva_exporter"] {
        assert!(report.out.contains(&format!("password of {role}: left as it is")), "{report}");
    }
    assert!(report.out.contains("begin_keys: left empty, so that nobody can begin"), "{report}");
}

#[tokio::test]
async fn b18_every_context_key_is_its_database_s_own() {
    let (one, other) = (Empty::new().await, Empty::new().await);
    tokio::join!(one.migrate().succeed(), other.migrate().succeed());
    let statement = "select inner_pad, outer_pad from context_key";
    let mut pads = Vec::new();
    for empty in [&one, &other] {
        let row = empty.owner.query_one(statement, &[]).await.expect("one key");
        let (inner, outer): (Vec<u8>, Vec<u8>) = (row.get(0), row.get(1));
        let keys =
            [(&inner, 0x36), (&outer, 0x5c)].map(|(pad, byte)| pad.iter().map(|own| own ^ byte).collect::<Vec<u8>>());
        assert_eq!(keys[0], keys[1], "both pads are of one key (RFC 2104, section 2)");
        assert_eq!((keys[0].len(), &keys[0][32..]), (64, [0; 32].as_slice()), "of 32 bytes");
        assert_ne!(keys[0][..32], [0; 32], "which is not empty");
        pads.push(inner);
    }
    assert_ne!(pads[0], pads[1]);
}
