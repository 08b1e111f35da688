//! One byte of one column (hardening D6).

use super::Trail;

/// The row that is changed.
const SEQ: i64 = 5;

/// For each column the same with one byte changed; two have a test of their own, because changing them moves the row.
const CHANGES: [(&str, &str); 18] = [
    ("id", "(left(id::text, 35) || translate(right(id::text, 1), '0123456789abcdef', '123456789abcdef0'))::uuid"),
    ("created_at", "created_at + interval '1 microsecond'"),
    ("workos_user_id", "'user_02'"),
    ("actor_type", "'system'"),
    ("impersonator", "'support@eleva.examplf'"),
    ("action", "'EVENT_CREATED'"),
    ("resource_type", "'schedule'"),
    ("resource_id", "resource_id || '0'"),
    ("outcome", "'failure'"),
    ("old_values", "'{\"price\": 6}'"),
    ("new_values", "'{\"price\": 7}'"),
    ("ip_address", "'203.0.113.8'"),
    ("user_agent", "'Browser/1.1'"),
    ("request_id", "request_id || '0'"),
    ("metadata", "'{\"reason\": \"y\"}'"),
    ("salt", "set_byte(salt, 0, get_byte(salt, 0) # 1)"),
    ("prev_hash", "set_byte(prev_hash, 31, get_byte(prev_hash, 31) # 128)"),
    ("hash", "set_byte(hash, 31, get_byte(hash, 31) # 128)"),
];

#[tokio::test]
async fn d6_a_changed_byte_of_any_column_is_found_and_its_row_is_named() {
    let trail = Trail::with_rows(CHANGES.len() + 1).await;
    let mut expected = Vec::new();
    for ((column, value), &org_id) in CHANGES.iter().zip(&trail.organizations) {
        let change = format!("update audit_logs set {column} = {value} where org_id = '{{org}}' and seq = {SEQ}");
        trail.tamper(org_id, &change).await;
        expected.push((org_id, "altered", SEQ, SEQ));
    }
    for finding in trail.assert_found(&expected).await {
        let sql = "select id::text, created_at::text from audit_logs where org_id = $1::text::uuid and seq = $2";
        let row = trail.owner.query_one(sql, &[&finding["org_id"].as_str(), &SEQ]).await.expect("the row");
        assert_eq!(finding["id"], row.get::<_, &str>(0), "{finding}");
    }
}

#[tokio::test]
async fn d6_null_and_empty_and_a_text_that_moved_into_the_next_column_are_told_apart() {
    let changes = [
        "set user_agent = '' where org_id = '{org}' and seq = 13",
        "set metadata = '{}' where org_id = '{org}' and seq = 13",
        "set user_agent = 'Browser/1.0r', request_id = substr(request_id, 2) where org_id = '{org}' and seq = 5",
    ];
    let trail = Trail::with_rows(changes.len()).await;
    let mut expected = Vec::new();
    for (change, &org_id) in changes.iter().zip(&trail.organizations) {
        let bare = "
            select app.audit_system('{org}', null, null, 'EVENT_UPDATED', 'event', null, 'success', null, null, null,
                                    null, null, null)";
        trail.tamper(org_id, bare).await;
        trail.tamper(org_id, &format!("update audit_logs {change}")).await;
        let seq = if change.ends_with("13") { 13 } else { 5 };
        expected.push((org_id, "altered", seq, seq));
    }
    trail.assert_found(&expected).await;
}

#[tokio::test]
async fn d6_no_column_of_the_trail_is_left_out_of_that() {
    let trail = Trail::without_rows(0).await;
    let sql = "
        select attname::text
          from pg_attribute
         where attrelid = 'audit_logs'::regclass and attnum > 0 and not attisdropped
           and attname not in ('org_id', 'seq')
         order by attname";
    let columns: Vec<String> =
        trail.owner.query(sql, &[]).await.expect("columns").iter().map(|row| row.get(0)).collect();
    let mut changed = CHANGES.map(|(column, _)| column);
    changed.sort_unstable();
    assert_eq!(columns, changed);
}
