//! A scope is a closure over one transaction (hardening B1, B2): kept on Ok, undone on Err, panic and drop.

use std::{panic::AssertUnwindSafe, time::Duration};

use dev::world::Login;
use eleva::{
    App, Session,
    database::{Error, Statement, Transaction},
    permission::Permission,
};
use futures_util::FutureExt;
use tokio::time::{sleep, timeout};

use super::{library, session};
use crate::app::{TestApp, world};

const RENAME: &str = "update organizations set name = 'Renamed' where id = (select app.org_id())";
const FAIL: &str = "select 1 / (select count(*)::integer - 1 from organizations where id = (select app.org_id()))";
const NAME: &str = "select name from organizations where workos_org_id = 'org_01SEEDAURORA'";

async fn start() -> (TestApp, App, Session) {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let library = library(&app, &world().pooled_url(Login::App, app.database()));
    let session = session(&library, &client).await;
    (app, library, session)
}

async fn name(app: &TestApp) -> String {
    app.owner().await.query_one(NAME, &[]).await.expect("the organization").get("name")
}

async fn rename(transaction: &mut Transaction<'_>) -> Result<(), Error> {
    transaction.query(Statement::new(RENAME, &[])).await.map(drop)
}

#[tokio::test]
async fn b1_ok_commits() {
    let (app, library, session) = start().await;
    let scope = library.organization(&session, Permission::OrgUpdate).expect("a scope");
    scope.transaction(async |transaction| rename(transaction).await).await.expect("renamed");
    assert_eq!(name(&app).await, "Renamed");
}

#[tokio::test]
async fn b1_err_rolls_back() {
    let (app, library, session) = start().await;
    let scope = library.organization(&session, Permission::OrgUpdate).expect("a scope");
    let outcome: Result<(), Error> = scope
        .transaction(async |transaction| {
            rename(transaction).await?;
            Err(Error::Shape("the test's own"))
        })
        .await;
    assert!(matches!(outcome, Err(Error::Shape("the test's own"))), "{outcome:?}");
    assert_eq!(name(&app).await, "Clínica Aurora");
}

#[tokio::test]
async fn b1_a_panic_rolls_back() {
    let (app, library, session) = start().await;
    let scope = library.organization(&session, Permission::OrgUpdate).expect("a scope");
    let work = scope.transaction::<(), Error>(async |transaction| {
        rename(transaction).await?;
        panic!("the test's own");
    });
    assert!(AssertUnwindSafe(work).catch_unwind().await.is_err());
    assert_eq!(name(&app).await, "Clínica Aurora");
}

#[tokio::test]
async fn b1_a_scope_that_is_dropped_rolls_back() {
    let (app, library, session) = start().await;
    let scope = library.organization(&session, Permission::OrgUpdate).expect("a scope");
    let work = scope.transaction::<(), Error>(async |transaction| {
        rename(transaction).await?;
        sleep(Duration::from_secs(60)).await;
        Ok(())
    });
    assert!(timeout(Duration::from_millis(400), work).await.is_err());
    assert_eq!(name(&app).await, "Clínica Aurora");
    // The row is free again: nobody's transaction is left open on the server.
    let scope = library.organization(&session, Permission::OrgUpdate).expect("a scope");
    scope.transaction(async |transaction| rename(transaction).await).await.expect("renamed");
}

#[tokio::test]
async fn b1_a_failed_statement_loses_the_transaction_even_when_the_closure_says_ok() {
    let (app, library, session) = start().await;
    let scope = library.organization(&session, Permission::OrgUpdate).expect("a scope");
    let outcome: Result<(), Error> = scope
        .transaction(async |transaction| {
            rename(transaction).await?;
            let failed = transaction.query(Statement::new(FAIL, &[])).await;
            assert!(matches!(failed, Err(Error::Statement { .. })), "{failed:?}");
            let after = transaction.query(Statement::new(RENAME, &[])).await;
            assert!(matches!(after, Err(Error::Aborted)), "{after:?}");
            Ok(())
        })
        .await;
    assert!(matches!(outcome, Err(Error::Aborted)), "COMMIT of an aborted transaction is no success: {outcome:?}");
    assert_eq!(name(&app).await, "Clínica Aurora");
}

#[tokio::test]
async fn the_first_failure_is_the_one_reported() {
    let (_app, library, session) = start().await;
    let scope = library.organization(&session, Permission::OrgRead).expect("a scope");
    let outcome = scope.read_all([Statement::new(FAIL, &[]), Statement::new(NAME, &[])]).await;
    match outcome {
        Err(Error::Statement { sqlstate, .. }) => assert_eq!(sqlstate, "22012", "division by zero, not 25P02"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_read_cannot_write() {
    let (app, library, session) = start().await;
    let scope = library.organization(&session, Permission::OrgUpdate).expect("a scope");
    let outcome = scope.read(Statement::new(RENAME, &[])).await;
    assert!(matches!(outcome, Err(Error::Statement { .. })), "{outcome:?}");
    assert_eq!(name(&app).await, "Clínica Aurora");
}

#[tokio::test]
async fn b3_quotes_in_what_is_said_neither_break_nor_inject() {
    let (_app, library, session) = start().await;
    let scope = library.organization(&session, Permission::OrgRead).expect("a scope");
    let text = "'; select set_config('role', 'postgres', true); -- \" \\ $$ \u{1F600}";
    let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), tokio_postgres::types::Type)] =
        &[(&text, tokio_postgres::types::Type::TEXT)];
    let (_, rows) =
        scope.read(Statement::new("select $1 as text, current_user::text as user", parameters)).await.expect("rows");
    assert_eq!((rows[0].get::<_, &str>("text"), rows[0].get::<_, &str>("user")), (text, "authenticated"));
}
