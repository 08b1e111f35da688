//! What `ops audit verify` takes and tells (hardening D6).

use serde_json::json;

use super::{ROWS, Trail, in_json};
use crate::{app::world, database::operator::Operator};

#[tokio::test]
async fn d6_a_trail_as_it_was_written_is_in_order() {
    let trail = Trail::with_rows(3).await;
    let report = trail.verify().succeed().await;
    // The platform has a chain, too, which nobody wrote into.
    assert!(report.out.contains("in order: 36 rows of 4 organizations"), "{report}");
    assert_eq!(report.err, "", "no bar without a terminal");
}

#[tokio::test]
async fn d6_a_finding_is_told_in_a_line_and_in_json() {
    let trail = Trail::with_rows(2).await;
    let org_id = trail.organizations[0];
    trail.tamper(org_id, "update audit_logs set outcome = 'failure' where org_id = '{org}' and seq = 5").await;
    let row = trail.owner.query_one("select id from audit_logs where org_id = $1 and seq = 5", &[&org_id]).await;
    let id: uuid::Uuid = row.expect("the row").get(0);

    let report = trail.verify().fail().await;
    let line = format!("{org_id} (org_1): altered: row 5, id {id} of ");
    assert!(report.out.lines().any(|told| told.starts_with(&line)), "{report}");
    assert!(report.out.contains("NOT in order: 1 of 3 organizations, 24 rows"), "{report}");
    assert!(report.out.contains("only a checkpoint that somebody else holds shows that"), "{report}");

    let report = trail.verify().arguments(&["--json"]).fail().await;
    let found = in_json(&report);
    assert_eq!(found["in_order"], json!(false));
    assert_eq!((&found["organizations"], &found["rows"]), (&json!(3), &json!(24)));
    assert_eq!(found["database"], json!(trail.database.name()));
    let finding = &found["findings"][0];
    assert_eq!(finding["workos_org_id"], json!("org_1"));
    assert_eq!(finding["reason"], json!("its hash is not that of its content"));
    assert!(finding["created_at"].as_str().is_some_and(|time| time.ends_with('Z')), "{finding}");
}

#[tokio::test]
async fn d6_one_organization_is_verified_by_either_of_its_ids() {
    let trail = Trail::with_rows(2).await;
    let (one, other) = (trail.organizations[0].to_string(), trail.organizations[1]);
    trail.tamper(other, "update audit_logs set outcome = 'failure' where org_id = '{org}' and seq = 5").await;
    for id in [one.as_str(), "org_1"] {
        let report = trail.verify().arguments(&["--organization", id]).succeed().await;
        assert!(report.out.contains(&format!("in order: {ROWS} rows of 1 organizations")), "{report}");
    }
    trail.verify().arguments(&["--organization", "org_2"]).fail().await;
    let report = trail.verify().arguments(&["--organization", "org_9"]).fail().await;
    assert_eq!((report.err.trim(), report.out.as_str()), ("error: no organization has the id org_9", ""));
}

#[tokio::test]
async fn d6_nothing_passes_where_nothing_is_seen() {
    let trail = Trail::without_rows(0).await;
    trail.superuser.batch_execute("delete from organizations").await.expect("nothing hangs on it");
    let report = trail.verify().fail().await;
    assert!(report.err.contains("no organization is to be seen"), "{report}");
    // Nor by an owner to whom row-level security shows nothing.
    let url = world().direct_url(dev::world::Login::Exporter, trail.database.name());
    let report = Operator::new(&["audit", "verify", "--database"]).setting("DATABASE_URL_DIRECT", &url).fail().await;
    assert!(report.err.contains("lacks BYPASSRLS"), "{report}");
}

#[tokio::test]
async fn d6_what_is_verified_has_to_be_said() {
    let report = Operator::new(&["audit", "verify"]).run().await;
    assert_eq!(report.code, 2, "{report}");
    assert!(report.err.contains("--database"), "{report}");
}
