//! The declarations leave nothing out: a new table needs one of its own before this passes again (hardening B17).

use std::collections::BTreeSet;

use super::tables;
use crate::app::TestApp;

#[tokio::test]
async fn b17_every_table_is_declared() {
    let app = TestApp::start().await;
    let tables = "
        select c.relname::text
          from pg_class c
         where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
           and c.relnamespace::regnamespace::text in ('public', 'app')";
    let rows = app.owner().await.query(tables, &[]).await.expect("tables");
    let found: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let declared: BTreeSet<String> = tables::all().map(|table| table.name.to_owned()).collect();
    assert_eq!(found, declared);
}
