//! What `app.begin` and the definer's functions ask by themselves, which no plan of the caller's shows (hardening B23).

use super::crowd::{Crowd, texts};
use crate::database::clinics::{AURORA, AURORA_OWNER};

/// Which tables this transaction has scanned as a whole so far.
const SCANNED: &str = "select relname::text from pg_stat_xact_user_tables where seq_scan > 0";

#[tokio::test]
async fn b23_saying_who_asks_and_the_definer_s_functions_scan_no_table_of_all_organizations() {
    let crowd = Crowd::gather().await;
    let begun = crowd.app.begin_as(AURORA_OWNER, AURORA).await;
    for call in ["select id from app.me()", "select id from app.members()"] {
        assert!(!begun.client.query_typed(call, &[]).await.expect(call).is_empty(), "{call}");
    }
    let scanned = texts(&begun.client, SCANNED).await;
    assert!(scanned.contains(&"context_key".to_owned()), "scans are seen: its one row is read by one, in {scanned:?}");
    let too_much: Vec<&String> = scanned.iter().filter(|table| crowd.tenant_tables.contains(table)).collect();
    assert!(too_much.is_empty(), "{too_much:?}");
}
