//! Policies without anything before or behind them: every role was granted everything, and neither triggers nor foreign
//! keys are looked at. What grants refuse today, a policy must refuse on the day when somebody grants it.
//!
//! It is tried in one transaction of a superuser who becomes each login in turn, and is rolled back.

use tokio_postgres::Client;

use super::{
    attempt::Attempts,
    cells::{Cells, Tally},
    stage::Stage,
    table::{Command, Layers, Table},
    tables,
    who::{DEFINER, EVERYBODY, Who},
};
use crate::app::{TestApp, connect_directly, world};

/// Lifts everything but the policies, for the rest of the transaction.
pub(in crate::database) const POLICIES_ALONE: &str = "
    grant usage on schema public, app to authenticated, anonymous, eleva_app, eleva_identity, eleva_exporter,
                                        eleva_definer;
    grant all on all tables in schema public to authenticated, anonymous, eleva_app, eleva_identity, eleva_exporter,
                                                eleva_definer;
    grant all on all sequences in schema public to authenticated, anonymous, eleva_app, eleva_identity,
                                                   eleva_exporter, eleva_definer;
    set local session_replication_role = replica";

/// Everybody, and whom nobody logs in as.
pub(in crate::database) fn everybody() -> impl Iterator<Item = &'static Who> {
    EVERYBODY.iter().chain([&DEFINER])
}

/// Tries a table as one who asks, in a superuser's transaction.
pub(in crate::database) async fn as_superuser(
    superuser: &Client,
    stage: &Stage,
    table: &Table,
    who: &Who,
    (layers, commands): (Layers, &[Command]),
) -> Tally {
    superuser.batch_execute("savepoint who").await.expect("a savepoint");
    let tally = match who.enter_as_superuser(superuser).await {
        Ok(()) => {
            let attempts = Attempts::begin(superuser).await;
            Cells { attempts, stage, table, who, layers }.run(commands).await
        }
        Err(error) => Tally { cells: 1, wrong: vec![error] },
    };
    superuser.batch_execute("rollback to savepoint who").await.expect("a savepoint");
    tally
}

#[tokio::test]
async fn b9_policies_hold_by_themselves() {
    let app = TestApp::start().await;
    let stage = Stage::set(&app).await;
    let superuser = connect_directly(&world().superuser_url(app.database())).await;
    superuser.batch_execute("begin").await.expect("a transaction");
    superuser.batch_execute(POLICIES_ALONE).await.expect("a superuser may grant anything");
    let mut tally = Tally::default();
    for table in tables::all() {
        for who in everybody() {
            tally.append(as_superuser(&superuser, &stage, table, who, (Layers::Policies, &Command::ALL)).await);
        }
    }
    super::assert_right(vec![tally], 20_000);
}
