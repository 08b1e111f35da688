//! The organization scope itself, in process: what it costs on the wire, and that nothing of it outlives it.

mod leaks;
mod outcome;
mod round_trips;

use eleva::{
    App, Session,
    clock::{Clock, Entropy},
    http::Request,
    settings::{Group, Settings},
};
use serde_json::json;

use crate::{
    app::{TestApp, world},
    web::ApiClient,
};

/// The library as a function has it, on a database address of the test's choice.
pub(crate) fn library(app: &TestApp, database_url: &str) -> App {
    let secrets = &world().secrets;
    let settings = Settings::read(&[Group::Organization, Group::WorkosApi], |name| {
        let value = match name {
            "PUBLIC_URL" => crate::app::PUBLIC_URL.to_owned(),
            "DATABASE_URL" => database_url.to_owned(),
            "DATABASE_CA_CERT" => world().ca_certificate_pem.clone(),
            "BEGIN_KEYS" => secrets.begin_keys.clone(),
            "SESSION_KEYS" => secrets.session_keys.clone(),
            "WORKOS_API_URL" => app.workos().url().to_owned(),
            "WORKOS_CLIENT_ID" => secrets.workos_client_id.clone(),
            "WORKOS_API_KEY" => secrets.workos_api_key.clone(),
            _ => return None,
        };
        Some(value)
    })
    .expect("the settings are complete");
    App::new(settings, Clock::default(), Entropy::default()).expect("the library starts")
}

/// The session of a client's cookie.
pub(crate) async fn session(library: &App, client: &ApiClient) -> Session {
    let cookie = client.jar().value("__Host-eleva-session").expect("a session").to_owned();
    let event = json!({
        "rawPath": "/", "cookies": [format!("__Host-eleva-session={cookie}")],
        "requestContext": {"http": {"method": "GET"}},
    });
    let request = Request::from_event(event, "test").expect("a request");
    Session::require(library, &request).await.unwrap_or_else(|problem| panic!("{problem}"))
}
