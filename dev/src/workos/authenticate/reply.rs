//! The answer to a grant: the person and a pair of tokens.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::workos::{
    environment::Environment,
    identifier::{new_id, new_secret},
    records::{Records, RefreshToken, Session},
    refusal::Refusal,
    token, user,
};

/// Begins a session and gives its first tokens.
pub(super) fn begin(
    environment: &Environment,
    records: &mut Records,
    user_id: &str,
    organization_id: Option<&str>,
    hosted_session: Option<String>,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let session = Session {
        id: new_id("session"),
        user_id: user_id.to_owned(),
        organization_id: organization_id.map(str::to_owned),
        created_at: now,
        ended: false,
        hosted_session,
    };
    records.sessions.push(session.clone());
    let mut reply = tokens(environment, records, &session, now)?;
    reply["authentication_method"] = "MagicAuth".into();
    Ok(reply)
}

/// Gives tokens of a session, as it stands in the records by now.
pub(super) fn tokens(
    environment: &Environment,
    records: &mut Records,
    session: &Session,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let claims = environment.token_settings().claims(&environment.client_id, session, records, now);
    let access_token = token::sign(&records.signing_keys, &claims).map_err(|error| {
        Refusal::plain(StatusCode::INTERNAL_SERVER_ERROR, "server_error", &format!("No token can be signed: {error}."))
    })?;
    let user = records.user(&session.user_id).ok_or_else(|| Refusal::not_found("User", &session.user_id))?;
    let refresh_token = new_secret();
    let mut reply = json!({
        "user": user::view(user, records),
        "access_token": access_token,
        "refresh_token": refresh_token,
    });
    if let Some(organization_id) = &session.organization_id {
        reply["organization_id"] = organization_id.as_str().into();
    }
    let session_id = session.id.clone();
    records.refresh_tokens.insert(refresh_token, RefreshToken { session_id, exchanged: false });
    Ok(reply)
}
