//! The document that describes a session.

use eleva::{App, Session, http::Problem, identity::Identity};
use serde::Serialize;

/// Who is asking, where, with what rights, and until when.
#[derive(Serialize)]
pub(crate) struct SessionView {
    #[serde(flatten)]
    identity: Identity,
    /// When the access token ends, RFC 3339; a request in its last minute renews it.
    expires_at: String,
    /// The WorkOS administrator who impersonates the person.
    impersonator: Option<String>,
}

impl SessionView {
    /// Loads it in one round trip.
    pub(crate) async fn load(app: &App, session: &Session) -> Result<Self, Problem> {
        let identity = Identity::load(app, session).await?;
        let expires_at = session.expires_at().map_err(Problem::internal)?.to_string();
        Ok(Self { identity, expires_at, impersonator: session.claims().impersonator().map(str::to_owned) })
    }
}
