//! Settings: what is missing or not usable is named, and never shown (hardening A17).

use super::Empty;
use crate::{app::world, database::operator::Operator};

#[tokio::test]
async fn a17_a_setting_that_is_missing_is_named() {
    for arguments in [["migrate"].as_slice(), &["migrate", "--status"]] {
        let report = Operator::new(arguments).fail().await;
        assert_eq!(report.err.trim(), "error: the setting DATABASE_URL_DIRECT is missing", "{report}");
        let report = Operator::new(arguments).setting("DATABASE_URL_DIRECT", " ").fail().await;
        assert_eq!(report.err.trim(), "error: the setting DATABASE_URL_DIRECT is missing", "an empty one is none");
    }
}

#[tokio::test]
async fn a17_the_development_database_has_a_setting_of_its_own() {
    let empty = Empty::new().await;
    let development = || Operator::migrate(&empty.url()).arguments(&["--development"]);
    let report = development().fail().await;
    assert_eq!(report.err.trim(), "error: the setting DATABASE_DEV_URL is missing", "{report}");
    assert!(!empty.has("schema refinery").await, "the other database is not taken instead");
    let other = Empty::new().await;
    development().setting("DATABASE_DEV_URL", &other.url()).succeed().await;
    assert!(other.has("schema refinery").await && !empty.has("schema refinery").await);
}

#[tokio::test]
async fn b18_a_pooled_endpoint_is_refused() {
    for host in ["ep-cool-darkness-123456-pooler.eu-central-1.aws.neon.tech", "EP-COOL-POOLER.neon.tech"] {
        let url = format!("postgresql://eleva_owner:the-password@{host}/eleva?sslmode=require");
        for operator in [Operator::migrate(&url), Operator::status(&url)] {
            let report = operator.fail().await;
            assert!(report.err.contains("the setting DATABASE_URL_DIRECT names a pooled endpoint"), "{report}");
        }
    }
}

#[tokio::test]
async fn a17_an_address_that_is_not_usable_is_refused_and_not_shown() {
    for (url, reason) in [
        ("mysql://eleva_owner:the-password@127.0.0.1/eleva", "not a postgresql:// URL"),
        ("postgresql://eleva_owner:the-password@db.example/eleva?sslmode=disable", "loopback addresses only"),
        ("postgresql://eleva_owner@127.0.0.1/eleva-database?sslmode=disable", "expected a user and a password"),
        ("postgresql://eleva_owner:the-password@one.example,two.example/eleva", "expected exactly one TCP host"),
    ] {
        let report = Operator::migrate(url).fail().await;
        assert!(report.err.contains("the setting DATABASE_URL_DIRECT is not usable"), "{report}");
        assert!(report.err.contains(reason), "{report}");
    }
}

#[tokio::test]
async fn a17_a_wrong_password_is_not_shown_in_what_went_wrong() {
    let empty = Empty::new().await;
    let url = empty.url().replace(&world().secrets.owner_password, "a-wrong-password");
    let report = Operator::migrate(&url).fail().await;
    assert!(report.err.contains("cannot connect to 127.0.0.1 (DATABASE_URL_DIRECT)"), "{report}");
    assert!(report.err.contains("28P01"), "{report}");
}

#[tokio::test]
async fn a17_a_server_that_does_not_prove_who_it_is_gets_no_password() {
    // PgBouncer's certificate is of a root that nobody knows unless it is given.
    let port = world().pgbouncer_port;
    let url = format!("postgresql://eleva_owner:the-password@localhost:{port}/eleva?sslmode=require");
    let report = Operator::migrate(&url).fail().await;
    assert!(report.err.contains("certificate verify failed"), "{report}");
}

#[tokio::test]
async fn a17_a_command_line_that_is_not_understood_changes_nothing() {
    let empty = Empty::new().await;
    for arguments in [["--waiting"].as_slice(), &["--wait", "long"], &["--wait", "-1"]] {
        let report = empty.migrate().arguments(arguments).run().await;
        assert_eq!(report.code, 2, "{report}");
    }
    assert!(!empty.has("schema refinery").await);
}
