//! Rows that were taken out, put in, or moved (hardening D6).

use super::Trail;

/// A copy of row 5 with an id of its own, at another place and so many microseconds later.
fn copied_to(seq: i64, microseconds: i64) -> String {
    format!(
        "insert into audit_logs
         select org_id, {seq}, created_at + interval '1 microsecond' * {microseconds}, gen_random_uuid(), workos_user_id,
                actor_type, impersonator, action, resource_type, resource_id, outcome, old_values, new_values, ip_address,
                user_agent, request_id, metadata, salt, prev_hash, hash
           from audit_logs where org_id = '{{org}}' and seq = 5"
    )
}

/// Exchanges something of rows 4 and 8.
fn exchanged(columns: &[&str]) -> String {
    let assignments: Vec<String> = columns.iter().map(|column| format!("{column} = other.{column}")).collect();
    format!(
        "update audit_logs own set {} from audit_logs other
          where own.org_id = '{{org}}' and other.org_id = own.org_id
            and (own.seq, other.seq) in ((4, 8), (8, 4))",
        assignments.join(", ")
    )
}

/// The same for place and time, which together are unique at every moment.
const EXCHANGED_KEYS: &str = "
    do $exchange$
    declare
      four timestamptz;
      eight timestamptz;
    begin
      select created_at into four from audit_logs where org_id = '{org}' and seq = 4;
      select created_at into eight from audit_logs where org_id = '{org}' and seq = 8;
      update audit_logs set seq = 900 where org_id = '{org}' and seq = 4;
      update audit_logs set seq = 4, created_at = four where org_id = '{org}' and seq = 8;
      update audit_logs set seq = 8, created_at = eight where org_id = '{org}' and seq = 900;
    end
    $exchange$";

const CONTENT: [&str; 16] = [
    "id",
    "workos_user_id",
    "actor_type",
    "impersonator",
    "action",
    "resource_type",
    "resource_id",
    "outcome",
    "old_values",
    "new_values",
    "ip_address",
    "user_agent",
    "request_id",
    "metadata",
    "salt",
    "created_at",
];

#[tokio::test]
async fn d6_rows_that_are_taken_out_are_found_and_named() {
    let cases = [
        ("delete from audit_logs where org_id = '{org}' and seq = 5", 5, 5),
        ("delete from audit_logs where org_id = '{org}' and seq in (5, 6, 7, 9)", 5, 7),
        ("delete from audit_logs where org_id = '{org}' and seq = 1", 1, 1),
        ("delete from audit_logs where org_id = '{org}' and seq = 12", 12, 12),
        ("delete from audit_logs where org_id = '{org}' and seq > 9", 10, 12),
        ("delete from audit_logs where org_id = '{org}'", 1, 12),
        // And the others count on as if nothing had been there.
        (
            "delete from audit_logs where org_id = '{org}' and seq = 5;
             update audit_logs set seq = seq - 1 where org_id = '{org}' and seq > 5;
             update audit_heads set seq = seq - 1 where org_id = '{org}'",
            5,
            5,
        ),
        // One is missing before another one is altered.
        (
            "delete from audit_logs where org_id = '{org}' and seq = 5;
             update audit_logs set outcome = 'failure' where org_id = '{org}' and seq = 6",
            5,
            5,
        ),
    ];
    let trail = Trail::with_rows(cases.len() + 1).await;
    let mut expected = Vec::new();
    for ((statements, first, last), &org_id) in cases.into_iter().zip(&trail.organizations) {
        trail.tamper(org_id, statements).await;
        expected.push((org_id, "missing", first, last));
    }
    trail.assert_found(&expected).await;
}

#[tokio::test]
async fn d6_rows_that_are_put_in_are_found_and_named() {
    let renumbered = "
        update audit_logs set seq = seq + 1 where org_id = '{org}' and seq >= 6;
        update audit_heads set seq = seq + 1 where org_id = '{org}';";
    let hashed = "
        update audit_logs l
           set prev_hash = (select p.hash from audit_logs p where p.org_id = l.org_id and p.seq = 5)
         where org_id = '{org}' and seq = 6;
        update audit_logs l set hash = app.audit_hash(l) where org_id = '{org}' and seq = 6";
    let cases = [
        (copied_to(5, 1), 5),
        (copied_to(5, -1), 5),
        (copied_to(13, 1_000_000), 13),
        (copied_to(40, 1_000_000), 40),
        (format!("{renumbered}{};{hashed}", copied_to(6, 1)), 6),
    ];
    let trail = Trail::with_rows(cases.len() + 1).await;
    let mut expected = Vec::new();
    for ((statements, seq), &org_id) in cases.into_iter().zip(&trail.organizations) {
        trail.tamper(org_id, &statements).await;
        expected.push((org_id, "inserted", seq, seq));
    }
    let findings = trail.assert_found(&expected).await;
    // Of the row that was copied and its copy the copy is named.
    for finding in findings {
        let sql = "
            select id::text from audit_logs
             where org_id = $1::text::uuid
               and resource_id = 'event-5' and id <> (
                     select l.id from audit_logs l where l.org_id = $1::text::uuid and l.hash = app.audit_hash(l)
                        and l.resource_id = 'event-5' and l.seq = 5
                   )";
        let row = trail.superuser.query_one(sql, &[&finding["org_id"].as_str()]).await.expect("the row");
        assert_eq!(finding["id"], row.get::<_, &str>(0), "{finding}");
    }
}

#[tokio::test]
async fn d6_rows_that_changed_places_are_found_and_the_first_is_named() {
    let content: Vec<&str> = CONTENT.into_iter().filter(|column| *column != "created_at").collect();
    let cases = [
        (exchanged(&["seq"]), 4),
        (EXCHANGED_KEYS.to_owned(), 4),
        (exchanged(&content), 4),
        (exchanged(&CONTENT), 4),
        // One alone, to a place that nobody has, and to one that somebody has.
        ("update audit_logs set seq = 30 where org_id = '{org}' and seq = 5".to_owned(), 5),
        ("update audit_logs set seq = 9 where org_id = '{org}' and seq = 5".to_owned(), 5),
    ];
    let trail = Trail::with_rows(cases.len() + 1).await;
    let mut expected = Vec::new();
    for ((statements, seq), &org_id) in cases.into_iter().zip(&trail.organizations) {
        trail.tamper(org_id, &statements).await;
        expected.push((org_id, "reordered", seq, seq));
    }
    trail.assert_found(&expected).await;
}

#[tokio::test]
async fn d6_a_row_that_was_moved_to_another_organization_is_found_there_and_missed_here() {
    let trail = Trail::with_rows(6).await;
    trail.write(trail.organizations[0], 1).await;
    // What keeps everybody else from doing so.
    trail.tamper(trail.organizations[0], "set session_replication_role = replica").await;
    let moves = [
        // To a place beyond the end, to one that is taken, and to a new one.
        (trail.organizations[0], 13, trail.organizations[1], 13),
        (trail.organizations[2], 5, trail.organizations[3], 5),
        (trail.organizations[4], 7, trail.organizations[5], 13),
    ];
    let mut expected = Vec::new();
    for (from, seq, to, at) in moves {
        let change =
            format!("update audit_logs set org_id = '{to}', seq = {at} where org_id = '{{org}}' and seq = {seq}");
        trail.tamper(from, &change).await;
        expected.extend([(from, "missing", seq, seq), (to, "moved", at, at)]);
    }
    for finding in trail.assert_found(&expected).await {
        let origin = moves.iter().find(|(_, _, to, _)| finding["org_id"] == to.to_string());
        let origin = origin.map(|(from, ..)| from.to_string());
        assert_eq!(finding["moved_from"].as_str(), origin.as_deref(), "{finding}");
    }
}
