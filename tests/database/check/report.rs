//! What a deployment reads, and what is refused before anything is looked at.

use serde_json::{Value, json};

use super::{Migrated, PASSWORD_SETTINGS};
use crate::{app::world, database::operator::Operator};

async fn in_json(migrated: &Migrated, code: i32) -> Value {
    let report = migrated.check().arguments(&["--json"]).run().await;
    assert_eq!((report.code, report.err.as_str()), (code, ""), "{report}");
    serde_json::from_str(&report.out).unwrap_or_else(|error| panic!("{error}: {report}"))
}

#[tokio::test]
async fn b19_a_deployment_reads_one_object() {
    let migrated = Migrated::new().await;
    let report = in_json(&migrated, 0).await;
    assert_eq!(report["in_order"], json!(true));
    assert_eq!(report["database"], json!(migrated.database.name()));
    assert!(report["server_version"].as_str().is_some_and(|version| version.starts_with('1')), "{report}");
    assert_eq!(report["drift"], json!([]));

    let change = "alter table events disable row level security; grant delete on users to authenticated;
                  revoke delete on events from authenticated";
    migrated.superuser.batch_execute(change).await.expect(change);
    let report = in_json(&migrated, 1).await;
    assert_eq!(report["in_order"], json!(false));
    assert_eq!(
        report["drift"],
        json!([
            {
                "kind": "grant", "object": "delete on table public.events to authenticated", "problem": "missing",
                "expected": "", "found": null,
            },
            {
                "kind": "grant", "object": "delete on table public.users to authenticated", "problem": "undefined",
                "expected": null, "found": "",
            },
            {
                "kind": "table", "object": "public.events", "problem": "differs",
                "expected": "owned by owner; row security enabled and forced",
                "found": "owned by owner; row security disabled",
            },
        ])
    );
}

#[tokio::test]
async fn a17_b19_a_password_that_is_missing_is_named() {
    let migrated = Migrated::new().await;
    for (_, missing) in PASSWORD_SETTINGS {
        let report = migrated.check().setting(missing, "").fail().await;
        assert_eq!(report.err.trim(), format!("error: the setting {missing} is missing"), "{report}");
        assert_eq!(report.out, "", "nothing was looked at");
    }
    let report = Operator::new(&["check", "--list"]).fail().await;
    assert_eq!(report.err.trim(), "error: the setting DATABASE_URL_DIRECT is missing", "{report}");
}

#[tokio::test]
async fn b19_a_pooled_endpoint_is_refused() {
    let url = "postgresql://eleva_owner:the-password@ep-cool-darkness-123456-pooler.eu-central-1.aws.neon.tech/eleva";
    for arguments in [["check"].as_slice(), &["check", "--list"]] {
        let operator = Operator::new(arguments).setting("DATABASE_URL_DIRECT", url);
        let passwords = PASSWORD_SETTINGS.map(|(login, setting)| (setting, login.password(&world().secrets)));
        let operator = passwords.into_iter().fold(operator, |operator, (name, text)| operator.setting(name, text));
        let report = operator.fail().await;
        assert!(report.err.contains("the setting DATABASE_URL_DIRECT names a pooled endpoint"), "{report}");
    }
}

#[tokio::test]
async fn b19_a_list_shows_what_is_there_and_takes_no_verdict() {
    let migrated = Migrated::then("create schema reporting").await;
    let list = Operator::new(&["check", "--list"]).setting("DATABASE_URL_DIRECT", &migrated.url()).succeed().await;
    for line in ["schema reporting: owned by postgres", "schema app: owned by owner"] {
        assert!(list.out.lines().any(|of_list| of_list == line), "{line}");
    }
    let lines: Vec<&str> = list.out.lines().collect();
    assert!(lines.is_sorted(), "in the order of the manifest");
    assert!(lines.iter().any(|line| line.starts_with("partition public.")), "with the partitions there are");
}

#[tokio::test]
async fn b19_a_check_leaves_nothing_behind() {
    let migrated = Migrated::new().await;
    migrated.check().succeed().await;
    let list = || Operator::new(&["check", "--list"]).setting("DATABASE_URL_DIRECT", &migrated.url());
    let before = list().succeed().await.out;
    // Where the logins may make things, what they made is rolled back.
    let opened = format!(
        "grant create, temporary on database {} to eleva_app; grant create on schema public to eleva_app",
        migrated.database.name()
    );
    migrated.superuser.batch_execute(&opened).await.expect("opened");
    migrated.check().fail().await;
    let closed = opened.replace("grant", "revoke").replace(" to ", " from ");
    migrated.superuser.batch_execute(&closed).await.expect("closed again");
    assert_eq!(list().succeed().await.out, before);
}
