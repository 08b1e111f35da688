//! An export of one organization never has another's row: not in its files, and not at the database, whatever the worker
//! would ask for (hardening D5).

use dev::world::Login;

use super::{
    finished, october, queue, run,
    trail::{Rows, grow, organization},
    verified_by_python,
};
use crate::app::TestApp;

#[tokio::test]
async fn d5_the_exporter_sees_the_trail_of_the_organization_that_its_transaction_names_and_no_other() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let aurora = organization(&owner, "clinica-aurora").await;
    let norte = organization(&owner, "centro-norte").await;
    let rows = Rows { first: super::at("2026-10-02T00:00:00Z"), step: 60, count: 50, padding: 0 };
    grow(&app, aurora, rows).await;
    grow(&app, norte, rows).await;

    let client = app.connect_as(Login::Exporter).await;
    let count = "select count(*) filter (where org_id = $1), count(*) from audit_logs";
    for named in [Some(aurora), Some(norte), None] {
        client.batch_execute("begin").await.expect("a transaction");
        if let Some(org_id) = named {
            let begin = format!("select app.export_begin('{org_id}')");
            client.batch_execute(&begin).await.expect("the scope");
        }
        let org_id = named.unwrap_or(aurora);
        let row = client.query_typed_one(count, &[(&org_id, tokio_postgres::types::Type::UUID)]).await.expect("counts");
        let expected = if named.is_some() { (50, 50) } else { (0, 0) };
        assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), expected, "{named:?}");
        client.batch_execute("rollback").await.expect("the end");
    }

    for org_id in [aurora, norte] {
        let id = queue(&owner, org_id, &october("jsonl")).await;
        run(&app).await;
        // Each row names its organization, and the program looks at that.
        assert_eq!(verified_by_python(&finished(&app, &owner, id).await).await["rows"], 50);
    }
}
