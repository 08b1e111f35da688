//! What a record costs on the wire: the row of the trail comes for nothing.

use std::time::Duration;

use dev::{lambda::Function, wire::Wire, world::Login};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{AURORA, OWNER, OWNER_ID, meeting, path, records_of, write};
use crate::{
    app::{TestApp, sealed::SESSION, world},
    trail::{rows, rows_since},
    web::ApiClient,
};

/// One way; long enough that no answer overtakes the rest of what it answers.
const DELAY: Duration = Duration::from_millis(40);

/// The round trips of connecting to PostgreSQL without TLS and of saying goodbye.
const CONNECTION: usize = 4;

/// The function, reaching its database over a wire.
fn function_at(app: &TestApp, wire: &Wire) -> Function {
    let mut url: url::Url = world().direct_url(Login::App, app.database()).parse().expect("a URL");
    url.set_port(Some(wire.port())).expect("a URL with a port");
    let mut settings = app.settings().clone();
    settings.insert("DATABASE_URL".to_owned(), url.to_string());
    Function::new(world().binaries.join("records"), settings.into_iter().collect())
}

/// Asks it, and gives the status.
async fn ask(function: &Function, client: &ApiClient, target: &str) -> Value {
    let cookie = client.jar().value(SESSION).expect("a session").to_owned();
    let event = json!({
        "version": "2.0", "rawPath": target, "rawQueryString": "", "headers": {"accept": "application/json"},
        "cookies": [format!("{SESSION}={cookie}")],
        "requestContext": {"http": {"method": "GET", "path": target, "sourceIp": "203.0.113.9"}, "requestId": "test"},
    });
    function.invoke(event).await.unwrap_or_else(|error| panic!("{target}: {error}"))
}

#[tokio::test]
async fn e9_reading_records_and_recording_it_is_one_round_trip_after_the_connection_is_up() {
    let wire = Wire::to(world().postgres_port).expect("a wire");
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let mut records = Vec::new();
    for number in 0..5 {
        records.push(write(&client, meeting, &format!("Nota {number}")).await);
    }
    let function = function_at(&app, &wire);
    wire.delay(DELAY);
    let before = rows(&app).await.len();
    for target in [path(&records[0]), records_of(meeting), format!("{}/versions/1", path(&records[1]))] {
        let answer = ask(&function, &client, &target).await;
        assert_eq!(answer["statusCode"], 200, "{target}: {answer}");
        assert!(answer["body"].as_str().is_some_and(|body| body.contains("Nota")), "{target}");
    }
    sleep(DELAY).await;
    let flights: Vec<usize> = wire.flights().iter().map(|flights| flights.sent).collect();
    assert_eq!(flights, [CONNECTION + 1; 3], "one record, five of a list, one version");
    let seen = rows_since(&app, before).await;
    assert_eq!(seen.iter().filter(|row| row.action == "MEDICAL_RECORD_VIEWED").count(), 1 + 5 + 1);
}
