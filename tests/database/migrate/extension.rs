//! Neon's extension `pg_session_jwt`, available when the migrations run (hardening B18).

use dev::postgres::{OWNER, SessionJwt};

use super::cluster::Virgin;
use crate::app::connect_directly;

/// What `authenticated` gets from the two functions; `None` when the schema is closed to it.
async fn said_to_authenticated(virgin: &Virgin, database: &str) -> Option<(String, String)> {
    let superuser = connect_directly(&virgin.superuser_url(database)).await;
    let claims = r#"
        begin;
        set local request.jwt.claims = '{"sub": "user_01ANA", "org_id": "org_01AURORA"}';
        set local role authenticated"#;
    superuser.batch_execute(claims).await.expect("a transaction with claims");
    let statement = "select auth.user_id() as user_id, auth.session() ->> 'org_id' as org_id";
    match superuser.query_typed_one(statement, &[]).await {
        Ok(row) => Some((row.get("user_id"), row.get("org_id"))),
        Err(error) => {
            let message = error.as_db_error().map(|error| error.message().to_owned());
            assert_eq!(message.as_deref(), Some("permission denied for schema auth"));
            None
        }
    }
}

/// Who owns the extension, its schema and its functions.
async fn owners(virgin: &Virgin, database: &str) -> [String; 3] {
    let superuser = connect_directly(&virgin.superuser_url(database)).await;
    let statement = "
        select e.extowner::regrole::text, n.nspowner::regrole::text, p.proowner::regrole::text
          from pg_extension e, pg_namespace n, pg_proc p
         where e.extname = 'pg_session_jwt' and n.nspname = 'auth' and p.oid = 'auth.user_id()'::regprocedure";
    let row = superuser.query_one(statement, &[]).await.expect("the extension is there");
    [0, 1, 2].map(|column| row.get(column))
}

#[tokio::test]
async fn b18_an_extension_that_the_owner_may_create_is_taken_instead_of_the_stand_in() {
    let virgin = Virgin::with_extension("extension").await;
    let ana = ("user_01ANA".to_owned(), "org_01AURORA".to_owned());
    for (form, database, schema_owner, said) in [
        (SessionJwt::TrustedWithSchema, "own_schema", OWNER, Some(ana)),
        // The schema is not the owner's to open, and the migrations go on without.
        (SessionJwt::Trusted, "superuser_schema", "postgres", None),
    ] {
        virgin.write_extension(form);
        virgin.create_database(database).await;
        virgin.migrate_database(database).succeed().await;
        assert_eq!(owners(&virgin, database).await, [OWNER, schema_owner, "postgres"], "{form:?}");
        assert_eq!(said_to_authenticated(&virgin, database).await, said, "{form:?}");
        let report = virgin.migrate_database(database).succeed().await;
        assert!(report.out.contains("no migration is pending"), "{form:?}: {report}");
    }
}

#[tokio::test]
async fn b18_an_extension_that_only_a_superuser_may_create_is_named_and_taken_once_it_is_there() {
    let virgin = Virgin::with_extension("superuser-extension").await;
    virgin.write_extension(SessionJwt::Superuser);
    virgin.create_database("closed").await;
    let report = virgin.migrate_database("closed").fail().await;
    assert!(report.err.contains("V0003__auth failed and was rolled back"), "{report}");
    assert!(report.err.contains("permission denied to create extension \"pg_session_jwt\""), "{report}");

    let superuser = connect_directly(&virgin.superuser_url("closed")).await;
    superuser.batch_execute("create extension pg_session_jwt").await.expect("a superuser may");
    virgin.migrate_database("closed").succeed().await;
    assert_eq!(owners(&virgin, "closed").await, ["postgres"; 3]);
    assert_eq!(said_to_authenticated(&virgin, "closed").await, None);
}
