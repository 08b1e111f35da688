//! The names of actions and resource types: one list in Rust, which the database's follow.

use std::collections::BTreeSet;

use eleva::audit::{Action, Category, ResourceType, Writer};

use crate::{
    app::{TestApp, connect_directly, world},
    trail::rows,
};

/// The texts in quotes of a constraint's definition.
async fn listed(app: &TestApp, constraint: &str) -> BTreeSet<String> {
    let definition = "
        select pg_get_constraintdef(oid) from pg_constraint
         where conname = $1 and conrelid = 'audit_logs'::regclass";
    let row = app.owner().await.query_one(definition, &[&constraint]).await.expect("the constraint");
    row.get::<_, String>(0).split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_the_table_takes_are_the_actions_and_types_of_the_enumerations() {
    let app = TestApp::start().await;
    let actions: BTreeSet<String> = Action::ALL.iter().map(|action| action.as_str().to_owned()).collect();
    assert_eq!(listed(&app, "audit_logs_action_check").await, actions);
    let types: BTreeSet<String> = ResourceType::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    assert_eq!(listed(&app, "audit_logs_resource_type_check").await, types);
    assert!(Action::ALL.iter().all(|action| Action::parse(action.as_str()) == Some(*action)));
    assert!(ResourceType::ALL.iter().all(|kind| ResourceType::parse(kind.as_str()) == Some(*kind)));
}

#[tokio::test]
async fn what_a_writer_may_write_is_what_the_enumeration_says() {
    let app = TestApp::start().await;
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    for (name, writer) in
        [("scope", Writer::Scope), ("eleva_identity", Writer::Identity), ("eleva_exporter", Writer::Exporter)]
    {
        let row = superuser.query_one("select app.audit_actions($1)", &[&name]).await.expect("a list");
        let listed: BTreeSet<String> = row.get::<_, Vec<String>>(0).into_iter().collect();
        let expected: BTreeSet<String> = Action::ALL
            .iter()
            .filter(|action| action.writers().contains(&writer))
            .map(|action| action.as_str().to_owned())
            .collect();
        assert_eq!(listed, expected, "{name}");
    }
    let refused = Action::ALL.iter().filter(|action| action.writers().contains(&Writer::Refusal));
    assert_eq!(refused.collect::<Vec<_>>(), [&Action::UnauthorizedAccessAttempt]);
}

#[test]
fn d11_every_action_has_one_category_and_every_category_an_action() {
    let counted: usize = Category::ALL.iter().map(|category| Action::of(*category).count()).sum();
    assert_eq!(counted, Action::ALL.len());
    assert!(Category::ALL.iter().all(|category| Action::of(*category).count() > 0));
}

#[tokio::test]
async fn what_workos_is_told_has_the_row_s_id_and_no_values() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    crate::events::create(&client, "Consulta").await;
    let aurora = rows(&app).await.into_iter().filter(|row| row.workos_org_id.as_deref() == Some("org_01SEEDAURORA"));
    assert_eq!(aurora.count(), 2, "a sign-in and an event");
    let outbox = "
        select l.action, b.event
          from workos_audit_outbox b
          join audit_logs l on l.id = b.id and l.org_id = b.org_id
          join organizations o on o.id = l.org_id
         where o.workos_org_id = 'org_01SEEDAURORA'";
    let told = app.owner().await.query(outbox, &[]).await.expect("the outbox");
    let [row] = told.as_slice() else { panic!("the sign-in is WorkOS's to show, the event is not: {}", told.len()) };
    assert_eq!(row.get::<_, &str>("action"), "SESSION_SIGNED_IN");
    let event: serde_json::Value = row.get("event");
    assert_eq!(event["action"], "session_signed_in");
    assert_eq!(event["actor"], serde_json::json!({"type": "user", "id": "user_01SEEDAURORAOWNER"}));
    assert_eq!(event["targets"][0]["type"], "session");
    assert!(event["context"]["location"].is_string() && event["occurred_at"].is_string(), "{event}");
    assert!(event["metadata"]["old_values"].is_null() && event["metadata"]["outcome"] == "success", "{event}");
}
