//! Two people over one pooled server connection (hardening B15): whatever fails, panics or is cut off in between, nobody
//! ever sees anybody else's context, and a client without a context has none.

use std::time::Duration;

use dev::world::Login;
use eleva::{
    App, Session,
    database::{Error, Statement},
    permission::Permission,
};
use tokio::time::timeout;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{library, session};
use crate::app::{TestApp, world};

const ROUNDS: u32 = 1_000;

const CONTEXT: &str = "
    select app.user_id() as user_id,
           app.org_id() as org_id,
           auth.user_id() as neon_user_id,
           current_user::text as current_role,
           (select count(*) from organizations where id <> (select app.org_id()) and type = 'clinic') as others";
const WITHOUT_CONTEXT: &str = "
    select current_user::text as current_role,
           coalesce(current_setting('app.context', true), '') as context,
           coalesce(current_setting('request.jwt.claims', true), '') as claims";
const FAIL: &str = "select 1 / (select count(*)::integer - 1 from organizations where id = (select app.org_id()))";
const SLEEP: &str = "select pg_sleep(5)";

struct Person {
    user_id: &'static str,
    session: Session,
    organization: Uuid,
}

impl Person {
    fn assert_is_asking(&self, row: &Row, round: u32) {
        assert_eq!(row.get::<_, &str>("user_id"), self.user_id, "round {round}");
        assert_eq!(row.get::<_, Uuid>("org_id"), self.organization, "round {round}");
        assert_eq!(row.get::<_, &str>("neon_user_id"), self.user_id, "round {round}");
        assert_eq!(row.get::<_, &str>("current_role"), "authenticated", "round {round}");
        assert_eq!(row.get::<_, i64>("others"), 0, "round {round}");
    }
}

async fn read(library: &App, person: &Person, round: u32) {
    let scope = library.organization(&person.session, Permission::OrgRead).expect("a scope");
    let (membership, rows) =
        scope.read(Statement::new(CONTEXT, &[])).await.unwrap_or_else(|error| panic!("round {round}: {error}"));
    assert_eq!(membership.organization_id, person.organization, "round {round}");
    person.assert_is_asking(&rows[0], round);
}

/// Leaves a transaction of this person in one of the ways in which one can end.
async fn disturb(library: &App, person: &Person, round: u32) {
    let scope = library.organization(&person.session, Permission::OrgUpdate).expect("a scope");
    match round % 5 {
        0 => {
            let failed = scope.read(Statement::new(FAIL, &[])).await;
            assert!(matches!(failed, Err(Error::Statement { .. })), "round {round}: {failed:?}");
        }
        1 => {
            let outcome: Result<(), Error> = scope
                .transaction(async |transaction| {
                    let rows = transaction.query(Statement::new(CONTEXT, &[])).await?;
                    person.assert_is_asking(&rows[0], round);
                    Err(Error::Shape("the test's own"))
                })
                .await;
            assert!(outcome.is_err(), "round {round}");
        }
        2 => {
            let work = scope.transaction::<(), Error>(async |transaction| {
                transaction.query(Statement::new(CONTEXT, &[])).await?;
                transaction.query(Statement::new(SLEEP, &[])).await.map(drop)
            });
            let patience = Duration::from_millis(u64::from(round % 30));
            assert!(timeout(patience, work).await.is_err(), "round {round}: it was to be cut off");
        }
        3 => {
            let committed =
                scope.transaction(async |transaction| transaction.query(Statement::new(CONTEXT, &[])).await);
            person.assert_is_asking(&committed.await.expect("rows")[0], round);
        }
        _ => read(library, person, round).await,
    }
}

#[tokio::test]
async fn b15_two_people_over_one_server_connection_never_meet() {
    let app = TestApp::start().await;
    let pooler = world()
        .start_pgbouncer("leaks", world().postgres_port, 1)
        .await
        .expect("a PgBouncer with one server connection");
    let url = world().pooled_url_at(pooler.port(), Login::App, app.database());
    let library = library(&app, &url);
    let mut people = Vec::new();
    for (email, user_id, organization) in [
        ("owner@aurora.example", "user_01SEEDAURORAOWNER", "org_01SEEDAURORA"),
        ("owner@norte.example", "user_01SEEDNORTEOWNER", "org_01SEEDNORTE"),
    ] {
        let client = app.client_of(email).await;
        let row = app
            .owner()
            .await
            .query_one("select id from organizations where workos_org_id = $1", &[&organization])
            .await
            .expect("the organization");
        people.push(Person { user_id, session: session(&library, &client).await, organization: row.get("id") });
    }

    for round in 0..ROUNDS {
        let (one, other) = (&people[(round % 2) as usize], &people[((round + 1) % 2) as usize]);
        disturb(&library, one, round).await;
        match round % 3 {
            // Both at once: the pooler hands the one server connection back and forth.
            0 => drop(tokio::join!(read(&library, other, round), read(&library, one, round))),
            1 => read(&library, other, round).await,
            _ => assert_nobody(&app, pooler.port(), round).await,
        }
    }
}

async fn assert_nobody(app: &TestApp, port: u16, round: u32) {
    let client = app.connect_at(port, Login::App).await;
    let row = client.query_typed_one(WITHOUT_CONTEXT, &[]).await.expect("a row");
    assert_eq!(row.get::<_, &str>("current_role"), "eleva_app", "round {round}");
    assert_eq!((row.get::<_, &str>("context"), row.get::<_, &str>("claims")), ("", ""), "round {round}");
    let refused = client.batch_execute("begin; set local role authenticated; select app.user_id(); commit").await;
    let refused = refused.expect_err("there is nobody");
    assert_eq!(refused.code().map(|code| code.code()), Some("EL009"), "round {round}: {refused}");
}
