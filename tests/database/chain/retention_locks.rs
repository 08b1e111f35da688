//! Others go on while what is old goes, and who does not make room keeps everything as it was (hardening D13).

use futures_util::future::join_all;

use super::Trail;
use crate::app::{connect_directly, world};

/// Others who write, and how often each of them does.
const WRITERS: usize = 4;
const TIMES: usize = 200;

#[tokio::test]
async fn d13_whoever_writes_meanwhile_waits_and_succeeds() {
    let trail = Trail::of_ten_years(3).await;
    for &org_id in &trail.organizations {
        trail.import(org_id, "8 years", 50).await;
    }
    let writers = (0..WRITERS).map(|writer| {
        let org_id = trail.organizations[writer % trail.organizations.len()];
        let url = world().owner_url(trail.database.name());
        async move {
            let client = connect_directly(&url).await;
            let sql = "
                select app.audit_system($1, null, null, 'EVENT_UPDATED', 'event', null, 'success', null, null, null, null,
                                        null, null)
                  from (select count(*) from audit_logs where org_id = $1 and created_at > now() - interval '1 day') as r";
            for _ in 0..TIMES {
                client.execute(sql, &[&org_id]).await.expect("nobody is turned away");
            }
        }
    });
    let (report, _) = futures_util::future::join(trail.retain().run(), join_all(writers)).await;
    assert_eq!(report.code, 0, "{report}");
    let report = trail.verify().succeed().await;
    let rows = WRITERS * TIMES + trail.organizations.len();
    assert!(report.out.contains(&format!("in order: {rows} rows of 4 organizations")), "{report}");
}

#[tokio::test]
async fn d13_who_cannot_lock_the_trail_leaves_it_as_it_was() {
    let trail = Trail::of_ten_years(1).await;
    trail.import(trail.organizations[0], "8 years", 5).await;
    let everything = trail.everything().await;
    for held in ["select count(*) from audit_logs", "select from audit_heads for update"] {
        trail.superuser.batch_execute(&format!("begin; {held}")).await.expect("somebody else");
        let report = trail.retain().arguments(&["--wait", "1"]).fail().await;
        assert!(
            report.err.contains("in 1 seconds there was no moment in which nobody used the audit trail"),
            "{report}"
        );
        trail.superuser.batch_execute("commit").await.expect("their end");
        assert_eq!(trail.everything().await, everything);
    }
    trail.retain().arguments(&["--wait", "1"]).succeed().await;
}
