//! Legal holds: what is under one is neither erased nor dropped (hardening C12, D13).

use serde_json::{Value, json};

use super::{
    chain::Trail,
    operator::{Operator, Report},
    practice::Practice,
};
use crate::app::world;

const TOLD: &str = "
    select metadata
      from audit_logs
     where org_id = $1
       and action = 'ORG_SETTINGS_UPDATED'
       and actor_type = 'operator'
       and resource_type = 'organization'
       and resource_id = org_id::text
       and outcome = 'success'
     order by seq";

impl Practice {
    fn hold(&self, arguments: &[&str]) -> Operator {
        self.operator(&["legal-hold"]).arguments(arguments)
    }
}

#[tokio::test]
async fn c12_a_hold_is_placed_listed_and_lifted_and_its_reason_stays_out_of_the_trail() {
    let practice = Practice::with_records(1).await;
    let org_id = practice.org_id;
    let nothing = "no organization is under a legal hold\n";
    assert_eq!(practice.hold(&["list"]).succeed().await.out, nothing);
    let placing = ["place", "clinica-aurora", "--reason", "Case 12/2026"];
    let report = practice.hold(&placing).succeed().await;
    assert_eq!(report.out, format!("placed: {org_id} (clinica-aurora) is under a legal hold\n"));
    let report = practice.hold(&["list"]).succeed().await;
    assert!(report.out.starts_with(&format!("{org_id} (clinica-aurora), since 20")), "{report}");
    assert!(report.out.ends_with("Z: Case 12/2026\n1 organization is under a legal hold\n"), "{report}");
    let report = practice.hold(&placing).fail().await;
    assert!(report.err.contains("is under a legal hold already, since"), "{report}");

    let report = practice.hold(&["lift", "org_01SEEDAURORA"]).succeed().await;
    assert!(report.out.starts_with(&format!("lifted: {org_id}")), "{report}");
    assert_eq!(practice.hold(&["list"]).succeed().await.out, nothing);
    let report = practice.hold(&["lift", &org_id.to_string()]).fail().await;
    assert_eq!(report.err, format!("error: {org_id} is under no legal hold\n"));

    let told = practice.owner.query(TOLD, &[&org_id]).await.expect("the trail");
    let told: Vec<Value> = told.iter().map(|row| row.get(0)).collect();
    assert_eq!(told, [json!({"legal_hold": "placed"}), json!({"legal_hold": "lifted"})]);
    let everything = "select count(*) from audit_logs l where l::text like '%Case 12%'";
    assert_eq!(practice.owner.query_one(everything, &[]).await.expect("a count").get::<_, i64>(0), 0);
    practice.assert_trail_in_order().await;
}

#[tokio::test]
async fn c12_a_hold_has_a_reason_of_some_length_and_an_organization() {
    let practice = Practice::with_records(1).await;
    for reason in ["", &"x".repeat(501)] {
        let report = practice.hold(&["place", "clinica-aurora", "--reason", reason]).fail().await;
        assert_eq!(report.err, "error: a reason has 1 to 500 characters; nothing was changed\n");
    }
    let report = practice.hold(&["place", "nowhere", "--reason", "x"]).fail().await;
    assert_eq!(report.err, "error: no organization has the id or slug nowhere\n");
    assert_eq!(practice.hold(&["place", "clinica-aurora"]).run().await.code, 2);
}

#[tokio::test]
async fn c12_no_data_key_of_an_organization_under_a_hold_is_deleted_whoever_tries() {
    let practice = Practice::with_records(1).await;
    practice.hold(&["place", "clinica-aurora", "--reason", "x"]).succeed().await;
    let refused = practice.owner.batch_execute("delete from org_keys").await;
    let refused = refused.expect_err("refused");
    assert_eq!(refused.as_db_error().and_then(|error| error.constraint()), Some("org_keys_legal_hold"));
    practice.hold(&["lift", "clinica-aurora"]).succeed().await;
    practice.owner.batch_execute("delete from org_keys").await.expect("they go");
}

impl Trail {
    async fn hold(&self, arguments: &[&str]) -> Report {
        Operator::new(&["legal-hold"])
            .arguments(arguments)
            .setting("DATABASE_URL_DIRECT", &world().owner_url(self.name()))
            .succeed()
            .await
    }
}

const REFUSAL: &str = "
    insert into audit_refusals (org_id, workos_user_id, route, minute)
    values ($1, 'user_01', 'GET /events', now() - interval '8 years')";

#[tokio::test]
async fn d13_rows_of_an_organization_under_a_hold_stay_and_what_is_older_goes() {
    let trail = Trail::of_ten_years(2).await;
    let [one, held] = trail.organizations[..] else { panic!("two of them") };
    trail.import(one, "9 years 6 months", 3).await;
    trail.import(held, "8 years 6 months", 2).await;
    trail.import(one, "8 years 6 months", 2).await;
    trail.import(one, "7 years 6 months", 2).await;
    for org_id in [one, held] {
        trail.owner().execute(REFUSAL, &[&org_id]).await.expect("a refusal");
    }
    trail.hold(&["place", &held.to_string(), "--reason", "x"]).await;

    let report = trail.retain().succeed().await;
    assert!(report.out.contains(&format!("dropped: rows 1 to 3 of {one}")), "{report}");
    assert!(report.out.contains("dropped: 1 counts of refusals"), "{report}");
    assert!(!report.out.contains(&format!("of {held}\n")), "{report}");
    let kept = report.out.lines().filter(|line| line.starts_with("kept: public.audit_logs_"));
    assert!(kept.clone().count() >= 4, "the year and a half from its first row on: {report}");
    assert!(kept.clone().all(|line| line.ends_with(", for an organization under a legal hold")), "{report}");
    assert_eq!(trail.seqs(held).await, [1, 2, 3]);
    assert_eq!(trail.seqs(one).await, [4, 5, 6, 7, 8]);
    trail.assert_found(&[]).await;
    let report = trail.retain().succeed().await;
    assert!(report.out.contains("nothing to drop"), "{report}");

    trail.hold(&["lift", &held.to_string()]).await;
    let report = trail.retain().succeed().await;
    assert!(report.out.contains(&format!("dropped: rows 1 to 2 of {held}")), "{report}");
    assert_eq!(trail.seqs(held).await, [3, 4, 5]);
    trail.assert_found(&[]).await;
}
