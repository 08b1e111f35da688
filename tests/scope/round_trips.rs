//! A plain read is one round trip after the connection is up, counted on the wire.

use std::time::{Duration, Instant};

use dev::{wire::Wire, world::Login};
use eleva::{
    App, Session,
    audit::{Action, Entry, Origin, Resource},
    database::Statement,
    permission::Permission,
};
use tokio::time::sleep;

use super::{library, session};
use crate::{
    app::{TestApp, world},
    web::ApiClient,
};

const EVENTS: &str = "select id, name from events where org_id = (select app.org_id())";
const MEMBERS: &str = "select count(*) from app.members()";

/// One way; long enough that no answer overtakes the rest of what it answers.
const DELAY: Duration = Duration::from_millis(40);

/// The round trips of connecting to PostgreSQL without TLS and of saying goodbye: start-up, two of SCRAM, Terminate.
const CONNECTION: usize = 4;

/// Rows of one transaction: more than a page of records is.
const MANY: u64 = 201;

/// The library behind a slow wire to PostgreSQL, and a session in it.
async fn behind(app: &TestApp, client: &ApiClient, wire: &Wire) -> (App, Session) {
    wire.delay(DELAY);
    let mut url: url::Url = world().direct_url(Login::App, app.database()).parse().expect("a URL");
    url.set_port(Some(wire.port())).expect("a URL with a port");
    let library = library(app, url.as_str());
    let session = session(&library, client).await;
    (library, session)
}

/// The flights of every connection, once the goodbyes are on the wire.
async fn flights(wire: &Wire) -> Vec<usize> {
    sleep(DELAY).await;
    wire.flights().iter().map(|flights| flights.sent).collect()
}

#[tokio::test]
async fn a_plain_read_is_one_round_trip_after_the_connection_is_up() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let wire = Wire::to(world().postgres_port).expect("a wire");
    let (library, session) = behind(&app, &client, &wire).await;
    let scope = library.organization(&session, Permission::EventsRead).expect("a scope");

    let (membership, rows) = scope.read(Statement::new(EVENTS, &[])).await.expect("rows");
    assert_eq!((membership.role.map(|role| role.as_str()), rows.len()), (Some("owner"), 0));
    assert_eq!(flights(&wire).await, [CONNECTION + 1]);

    let statements = [Statement::new(EVENTS, &[]), Statement::new(MEMBERS, &[]), Statement::new(EVENTS, &[])];
    scope.read_all(statements).await.expect("rows");
    assert_eq!(flights(&wire).await, [CONNECTION + 1; 2], "three statements are still one flight");
}

#[tokio::test]
async fn a_transaction_of_one_statement_is_two_round_trips() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let wire = Wire::to(world().postgres_port).expect("a wire");
    let (library, session) = behind(&app, &client, &wire).await;
    let scope = library.organization(&session, Permission::EventsWrite).expect("a scope");
    let counted = scope
        .transaction(async |transaction: &mut eleva::database::Transaction<'_>| {
            transaction.query(Statement::new(MEMBERS, &[])).await
        })
        .await
        .expect("a count");
    assert_eq!(counted.len(), 1);
    assert_eq!(flights(&wire).await, [CONNECTION + 2], "BEGIN and context ride with the statement; COMMIT follows");
}

#[tokio::test]
async fn a_row_of_the_trail_costs_a_transaction_no_round_trip() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let wire = Wire::to(world().postgres_port).expect("a wire");
    let (library, session) = behind(&app, &client, &wire).await;
    let scope = library.organization(&session, Permission::EventsWrite).expect("a scope");
    let before = crate::trail::rows(&app).await.len();
    scope
        .transaction(async |transaction: &mut eleva::database::Transaction<'_>| {
            for number in 0..MANY {
                let entry = Entry::new(Origin::default(), Action::EventUpdated, Resource::own_events());
                transaction.audit(entry.with("number", number));
            }
            transaction.query(Statement::new(MEMBERS, &[])).await
        })
        .await
        .expect("a count");
    assert_eq!(flights(&wire).await, [CONNECTION + 2], "the rows travel with COMMIT");
    let rows = crate::trail::rows(&app).await.split_off(before);
    let numbers: Vec<_> =
        rows.iter().map(|row| row.metadata.as_ref().and_then(|data| data["number"].as_u64())).collect();
    assert_eq!(numbers, (0..MANY).map(Some).collect::<Vec<_>>(), "in the order in which they were added");
}

#[tokio::test]
async fn statements_of_a_transaction_that_are_sent_together_are_one_round_trip() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let wire = Wire::to(world().postgres_port).expect("a wire");
    let (library, session) = behind(&app, &client, &wire).await;
    let scope = library.organization(&session, Permission::EventsWrite).expect("a scope");
    let counts = scope
        .transaction(async |transaction: &mut eleva::database::Transaction<'_>| {
            let statements = || [Statement::new(MEMBERS, &[]), Statement::new(EVENTS, &[])];
            let first = transaction.query_all(statements()).await?;
            let second = transaction.query_all(statements()).await?;
            Ok::<_, eleva::database::Error>([first, second].map(|[members, events]| (members.len(), events.len())))
        })
        .await
        .expect("two answers each");
    assert_eq!(counts, [(1, 0); 2]);
    assert_eq!(flights(&wire).await, [CONNECTION + 3], "two of statements, and COMMIT");
}

#[tokio::test]
async fn a_read_waits_for_the_network_once() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let wire = Wire::to(world().postgres_port).expect("a wire");
    let (library, session) = behind(&app, &client, &wire).await;
    let (round_trip, waits) = (2 * DELAY, CONNECTION as u32 - 1 + 1);
    let scope = library.organization(&session, Permission::EventsRead).expect("a scope");
    let mut fastest = Duration::MAX;
    // On a busy machine one attempt may wait for the processor; it never waits for less than the network.
    for _ in 0..5 {
        let started = Instant::now();
        scope.read(Statement::new(EVENTS, &[])).await.expect("rows");
        fastest = fastest.min(started.elapsed());
    }
    // Nobody waits for an answer to the goodbye.
    assert!(fastest >= round_trip * waits, "the wire delays: {fastest:?}");
    assert!(fastest < round_trip * (waits + 1), "one answer after connecting: {fastest:?}");
}
