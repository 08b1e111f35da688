//! What an organization costs, counted on the wire.

use std::time::Duration;

use dev::{wire::Wire, world::Login};
use eleva::audit::Action;
use jiff::{Timestamp, ToSpan};
use tokio::time::sleep;

use super::{
    trail::{Entry, organization, write},
    worker_at,
};
use crate::app::{TestApp, world};

/// One way; long enough that no answer overtakes the rest of what it answers.
const DELAY: Duration = Duration::from_millis(40);

/// The round trips of connecting to PostgreSQL without TLS and of saying goodbye.
const CONNECTION: usize = 4;

#[tokio::test]
async fn an_organization_costs_two_round_trips_on_a_connection_that_all_share() {
    let wire = Wire::to(world().postgres_port).expect("a wire");
    let app = TestApp::start().await;
    let mut url: url::Url = world().direct_url(Login::Exporter, app.database()).parse().expect("a URL");
    url.set_port(Some(wire.port())).expect("a URL with a port");
    let worker = worker_at(&app, url.as_str());
    let owner = app.owner().await;
    let entry = Entry {
        at: Timestamp::now() - 1.hours(),
        user: Some("user_01A"),
        action: Action::EventCreated,
        has_succeeded: true,
    };
    for slug in ["clinica-aurora", "centro-norte", "platform"] {
        let org_id = organization(&owner, slug, "UTC").await;
        write(&owner, org_id, std::slice::from_ref(&entry)).await;
    }
    wire.delay(DELAY);
    let answer = worker.invoke(serde_json::json!({})).await.expect("an answer");
    assert_eq!(answer["organizations"], 3, "{answer}");
    sleep(DELAY).await;
    let flights: Vec<usize> = wire.flights().iter().map(|flights| flights.sent).collect();
    let (partitions, heads, witness, page, organizations) = (3, 1, 2, 1, 2 * 3);
    assert_eq!(flights, [partitions, heads, witness, page, organizations, page].map(|trips| CONNECTION + trips));
}
