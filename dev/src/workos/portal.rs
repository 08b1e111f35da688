//! The Admin Portal: links into it, and a page that stands for it.
//! <https://workos.com/docs/reference/admin-portal/portal-link/generate>.

use std::sync::Arc;

use askama::Template;
use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{StatusCode, header::REFERRER_POLICY},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    api_key::ApiKey,
    environment::{Environment, Shared},
    fields::Fields,
    identifier::new_secret,
    parameters::Parameters,
    records::PortalLink,
    refusal::Refusal,
};

/// How long a link lives.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
const LAUNCH_PATH: &str = "/portal/launch";
/// What a visit may be for.
const INTENTS: [&str; 7] =
    ["sso", "dsync", "audit_logs", "log_streams", "domain_verification", "certificate_renewal", "bring_your_own_key"];

#[derive(Template)]
#[template(path = "workos/portal.html")]
struct PortalPage {
    organization: String,
    intent: String,
    return_url: Option<String>,
}

pub(super) fn routes() -> Router<Arc<Environment>> {
    Router::new().route("/portal/generate_link", post(generate_link)).route(LAUNCH_PATH, get(launch))
}

async fn generate_link(
    State(environment): Shared,
    _: ApiKey,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let organization_id = fields.required("organization")?.to_owned();
    let intent = fields.text("intent").unwrap_or("sso").to_owned();
    if !INTENTS.contains(&intent.as_str()) {
        return Err(Refusal::invalid_parameters(&[("intent", "must be one of the known intents")]));
    }
    let return_url = fields.text("return_url").map(str::to_owned);
    let now = environment.now();
    let expires_at = now + LIFETIME;
    let secret = new_secret();
    let link = format!("{}{LAUNCH_PATH}?secret={secret}", environment.url);
    environment.write(|records| {
        records.forget_expired(now);
        if records.organization(&organization_id).is_none() {
            return Err(Refusal::not_found("Organization", &organization_id));
        }
        records.portal_links.insert(secret, PortalLink { organization_id, intent, return_url, expires_at });
        Ok((StatusCode::CREATED, Json(json!({ "link": link }))))
    })
}

async fn launch(State(environment): Shared, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let secret = parameters.get("secret").unwrap_or_default();
    let now = environment.now();
    let page = environment.read(|records| {
        let link = records.portal_links.get(secret).filter(|link| link.expires_at > now)?;
        Some(PortalPage {
            organization: records.organization(&link.organization_id)?.object.name.clone(),
            intent: link.intent.replace('_', " "),
            return_url: link.return_url.clone(),
        })
    });
    let page = page.ok_or_else(|| {
        Refusal::plain(StatusCode::BAD_REQUEST, "portal_link_expired", "The link is unknown, or its time is over.")
    })?;
    match page.render() {
        // The address holds the secret.
        Ok(page) => Ok(([(REFERRER_POLICY, "no-referrer")], Html(page)).into_response()),
        Err(error) => Ok((StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()),
    }
}
