//! Rows whose hashes were computed anew by somebody who knows how (hardening D6).

use super::{ROWS, Trail, computed_anew};

#[tokio::test]
async fn d6_a_row_that_was_replaced_with_a_hash_of_its_own_breaks_the_chain() {
    let replaced = |seq: i64| {
        format!(
            "update audit_logs set outcome = 'failure' where org_id = '{{org}}' and seq = {seq};
             update audit_logs l set hash = app.audit_hash(l) where org_id = '{{org}}' and seq = {seq}"
        )
    };
    let trail = Trail::with_rows(3).await;
    trail.tamper(trail.organizations[0], &replaced(5)).await;
    trail.tamper(trail.organizations[1], &replaced(ROWS)).await;
    let expected = [(trail.organizations[0], "relinked", 6, 6), (trail.organizations[1], "head_differs", ROWS, ROWS)];
    trail.assert_found(&expected).await;
}

#[tokio::test]
async fn d6_times_that_do_not_rise_break_the_chain() {
    let trail = Trail::with_rows(2).await;
    let change = "
        update audit_logs set created_at = created_at - interval '1 second' where org_id = '{org}' and seq = 5;";
    trail.tamper(trail.organizations[0], &format!("{change}{}", computed_anew(5))).await;
    trail.assert_found(&[(trail.organizations[0], "reordered", 5, 5)]).await;
}

#[tokio::test]
async fn d6_a_chain_whose_end_was_computed_anew_or_cut_off_passes_and_that_is_said() {
    let trail = Trail::with_rows(3).await;
    let change = "update audit_logs set outcome = 'failure' where org_id = '{org}' and seq = 5;";
    trail.tamper(trail.organizations[0], &format!("{change}{}", computed_anew(5))).await;
    let cut = "
        delete from audit_logs where org_id = '{org}' and seq > 9;
        update audit_heads h
           set (seq, hash, created_at) = (select l.seq, l.hash, l.created_at from audit_logs l where l.org_id = h.org_id
                                           order by l.seq desc limit 1)
         where org_id = '{org}'";
    trail.tamper(trail.organizations[1], cut).await;
    trail.tamper(trail.organizations[2], "delete from audit_logs where org_id = '{org}'").await;
    trail.tamper(trail.organizations[2], "delete from audit_heads where org_id = '{org}'").await;
    let report = trail.verify().succeed().await;
    let told = "Where somebody computed its last rows anew together with audit_heads, or cut them off together with it, \
                this verification passes: only a checkpoint that somebody else holds shows that.";
    assert!(report.out.contains(told), "{report}");
    assert!(report.out.contains("in order: 21 rows of 4 organizations"), "{report}");
}
