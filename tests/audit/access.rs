//! Who reads the trail, and whose.

use super::{AURORA, NORTE, OWNER, Planted, Trail, found};
use crate::app::TestApp;

const PATHS: [&str; 3] = ["/audit/logs", "/audit/report", "/audit/portal"];

#[tokio::test]
async fn d16_owners_and_administrators_read_the_log_and_nobody_else() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    trail.plant(&Planted::days_ago(1, 1)).await;
    for email in ["member@aurora.example", "billing-admin@aurora.example"] {
        let client = app.client_of(email).await;
        for path in PATHS {
            assert_eq!(client.get(path).await.problem(), (403, "forbidden".to_owned()), "{email} {path}");
        }
    }
    let portal = |request: &dev::workos::Request| request.path.starts_with("/portal");
    assert!(!app.workos().control().requests().iter().any(portal), "WorkOS was not even asked");
    for email in [OWNER, "admin@aurora.example"] {
        let client = app.client_of(email).await;
        assert_eq!(found(&client, "").await, [1], "{email}");
        assert_eq!(client.get("/audit/report").await.status(), 200, "{email}");
        assert_eq!(client.get("/audit/portal").await.status(), 303, "{email}");
    }
}

#[tokio::test]
async fn d16_an_administrator_who_is_none_any_more_reads_nothing_although_the_token_still_says_so() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    trail.plant(&Planted::days_ago(1, 1)).await;
    let client = app.client_of("admin@aurora.example").await;
    assert_eq!(found(&client, "").await, [1]);
    let lower = "update user_org_memberships set role = 'member' where workos_user_id = 'user_01SEEDAURORAADMIN'";
    trail.owner().batch_execute(lower).await.expect("the role is lowered");
    for path in PATHS {
        assert_eq!(client.get(path).await.problem(), (403, "forbidden".to_owned()), "{path}");
    }
    assert_eq!(trail.stored("AUDIT_LOG_VIEWED").await.len(), 1, "what was refused was not seen");
}

#[tokio::test]
async fn d16_the_entries_of_another_organization_are_never_seen() {
    let app = TestApp::start().await;
    let (aurora, norte) = (Trail::of(&app, AURORA).await, Trail::of(&app, NORTE).await);
    for number in 0..5 {
        aurora.plant(&Planted::days_ago(number, 1)).await;
        norte.plant(&Planted { user_id: None, ..Planted::days_ago(100 + number, 1) }).await;
    }
    let of_aurora = app.client_of(OWNER).await;
    let of_norte = app.client_of("owner@norte.example").await;
    let both = app.client_of_organization("both@eleva.example", NORTE).await;
    assert_eq!(found(&of_aurora, "").await, [4, 3, 2, 1, 0]);
    for client in [&of_norte, &both] {
        assert_eq!(found(client, "").await, [104, 103, 102, 101, 100]);
        assert!(found(client, "user_id=user_01SEEDAURORAOWNER").await.is_empty());
        let report = client.get_json("/audit/report").await;
        assert_eq!(report["by_action"]["EVENT_CREATED"], 5);
        assert!(!report.to_string().contains("AURORA"), "{report}");
    }
    // Where they are a member, and no administrator.
    let both = app.client_of_organization("both@eleva.example", AURORA).await;
    assert_eq!(both.get("/audit/logs").await.problem(), (403, "forbidden".to_owned()));
    // A cursor of another organization's list finds one's own only.
    let list = of_aurora.get_json("/audit/logs?limit=2").await;
    let cursor = list["next_cursor"].as_str().expect("a cursor");
    assert!(found(&of_norte, &format!("cursor={cursor}")).await.iter().all(|number| *number >= 100));
}
