//! What `audit_heads` says (hardening D6).

use super::{ROWS, Trail};

#[tokio::test]
async fn d6_an_end_that_was_changed_is_found() {
    let cases = [
        ("update audit_heads set hash = set_byte(hash, 0, get_byte(hash, 0) # 1)", "head_differs", ROWS, ROWS),
        ("update audit_heads set created_at = created_at + interval '1 microsecond'", "head_differs", ROWS, ROWS),
        ("update audit_heads set seq = seq + 2", "missing", ROWS + 1, ROWS + 2),
        ("update audit_heads set seq = seq - 2", "inserted", ROWS - 1, ROWS - 1),
        ("delete from audit_heads", "inserted", 1, 1),
    ];
    let trail = Trail::with_rows(cases.len() + 1).await;
    let mut expected = Vec::new();
    for ((change, finding, first, last), &org_id) in cases.into_iter().zip(&trail.organizations) {
        trail.tamper(org_id, &format!("{change} where org_id = '{{org}}'")).await;
        expected.push((org_id, finding, first, last));
    }
    trail.assert_found(&expected).await;
}

#[tokio::test]
async fn d6_an_end_of_nothing_is_found() {
    let trail = Trail::without_rows(2).await;
    let head = "insert into audit_heads values ('{org}', 0, app.audit_genesis('{org}'), now())";
    trail.tamper(trail.organizations[0], head).await;
    trail.assert_found(&[]).await;
    let head = "insert into audit_heads values ('{org}', 3, app.audit_genesis('{org}'), now())";
    trail.tamper(trail.organizations[1], head).await;
    trail.assert_found(&[(trail.organizations[1], "missing", 1, 3)]).await;
}
