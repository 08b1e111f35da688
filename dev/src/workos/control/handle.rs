//! The control API for the same process.

use std::{io, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::workos::{
    directory::{Directory, MembershipStatus},
    environment::Environment,
    fault::Fault,
    journal::Request,
    membership,
    records::Session,
    token::{self, SignError},
};

/// A handle on a running stand-in. Clones control the same one.
#[derive(Clone, Debug)]
pub struct Control {
    environment: Arc<Environment>,
}

/// What becomes of the signing keys so far when a new one takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldKeys {
    /// They stay in the JWKS: tokens that they signed keep verifying.
    Published,
    /// They leave the JWKS.
    Withdrawn,
}

/// A session that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActiveSession {
    /// `sid` of its tokens.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// The organization that it went to last.
    pub organization_id: Option<String>,
}

/// There is no such thing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such {0}")]
pub struct Unknown(&'static str);

impl From<&Session> for ActiveSession {
    fn from(session: &Session) -> Self {
        let Session { id, user_id, organization_id, .. } = session.clone();
        Self { id, user_id, organization_id }
    }
}

impl Control {
    pub(in crate::workos) fn new(environment: Arc<Environment>) -> Self {
        Self { environment }
    }

    /// Orders a fault. Faults add up, in the order in which they were ordered.
    pub fn add_fault(&self, fault: Fault) {
        self.environment.faults.add(fault);
    }

    /// Takes all faults back.
    pub fn clear_faults(&self) {
        self.environment.faults.clear();
    }

    /// The faults that are still to come.
    pub fn faults(&self) -> Vec<Fault> {
        self.environment.faults.list()
    }

    /// The requests that arrived since the start or since they were last cleared, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.environment.journal.requests()
    }

    /// How many requests for tokens arrived with this `grant_type`.
    pub fn count_grants(&self, grant_type: &str) -> usize {
        let requests = self.requests();
        requests.iter().filter(|request| request.grant_type.as_deref() == Some(grant_type)).count()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.environment.journal.clear();
    }

    /// Sets the stand-in's clock apart from the machine's, by seconds; negative ones lie in the past.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.environment.clock.set_offset(seconds);
    }

    /// Sets `exp` less `iat` of the access tokens to come. 300 s at first.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        self.environment.change_token_settings(|settings| settings.lifetime_seconds = seconds);
    }

    /// Sets `iss` of the access tokens to come.
    pub fn set_issuer(&self, issuer: &str) {
        self.environment.change_token_settings(|settings| settings.issuer = issuer.to_owned());
    }

    /// Puts these claims into the access tokens to come, over WorkOS's own, as a JWT template does. Replaces those set
    /// before.
    pub fn set_extra_claims(&self, claims: Map<String, Value>) {
        self.environment.change_token_settings(|settings| settings.extra_claims = claims);
    }

    /// Leaves these claims out of the access tokens to come. Replaces those named before.
    pub fn omit_claims(&self, names: &[&str]) {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        self.environment.change_token_settings(|settings| settings.omitted_claims = names);
    }

    /// Makes a new key sign from now on. Gives its `kid`.
    ///
    /// # Errors
    /// When the machine has no randomness for a key.
    pub async fn rotate_signing_key(&self, old_keys: OldKeys) -> io::Result<String> {
        let key = self.environment.new_signing_key().await?;
        let kid = key.kid().to_owned();
        self.environment.write(|records| {
            if old_keys == OldKeys::Withdrawn {
                records.signing_keys.clear();
            }
            records.signing_keys.push(key);
        });
        Ok(kid)
    }

    /// Signs any claims with the key that signs now, for tokens that WorkOS would not make.
    ///
    /// # Errors
    /// When the claims are not an object.
    pub fn sign(&self, claims: &Value) -> Result<String, SignError> {
        self.environment.read(|records| token::sign(&records.signing_keys, claims))
    }

    /// Who exists.
    pub fn directory(&self) -> Directory {
        self.environment.read(|records| records.directory())
    }

    /// Sets the status of a membership, as the dashboard or the API would: one that is no longer in force ends the
    /// person's sessions in that organization.
    ///
    /// # Errors
    /// When the person has no membership there.
    pub fn set_membership_status(
        &self,
        user_id: &str,
        organization_id: &str,
        status: MembershipStatus,
    ) -> Result<(), Unknown> {
        let now = self.environment.now();
        self.environment.write(|records| {
            let record = records.membership(user_id, organization_id).ok_or(Unknown("membership"))?;
            let id = record.object.id.clone();
            membership::set_status(records, &id, status, now).map_err(|_| Unknown("membership"))
        })
    }

    /// The sessions that go on, oldest first.
    pub fn sessions(&self) -> Vec<ActiveSession> {
        self.environment.read(|records| {
            let active = records.sessions.iter().filter(|session| !session.ended);
            active.map(ActiveSession::from).collect()
        })
    }

    /// Ends a session, as its expiry or the dashboard would.
    ///
    /// # Errors
    /// When no session with that id goes on.
    pub fn end_session(&self, session_id: &str) -> Result<(), Unknown> {
        match self.environment.write(|records| records.end_sessions(|session| session.id == session_id)) {
            0 => Err(Unknown("session")),
            _ => Ok(()),
        }
    }

    /// Leaves the choice among several organizations to the application: the hosted picker is skipped, and the exchange
    /// of the code answers `organization_selection_required`.
    pub fn let_application_select_organization(&self, on: bool) {
        self.environment.application_selects_organization.set(on);
    }

    /// Makes the hosted pages remember who signed in, as AuthKit does: without a question, until a session that came
    /// from it ends or the request says `prompt=login`. Off at first, so that every sign-in shows the page.
    pub fn remember_browsers(&self, on: bool) {
        self.environment.remembers_browsers.set(on);
    }
}
