//! Everything that a stand-in remembers, and that a state file keeps.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    directory::{Directory, Membership, MembershipStatus, Organization, User},
    signing_key::SigningKey,
};

/// The data of one environment. Objects stand in the order of their creation.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Records {
    pub(super) organizations: Vec<Record<Organization>>,
    pub(super) users: Vec<Record<User>>,
    pub(super) memberships: Vec<Record<Membership>>,
    pub(super) sessions: Vec<Session>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) pending_authentications: HashMap<String, PendingAuthentication>,
    pub(super) refresh_tokens: HashMap<String, RefreshToken>,
    pub(super) hosted_sessions: HashMap<String, HostedSession>,
    /// By their secrets. State files that were written before there were any have none.
    #[serde(default)]
    pub(super) portal_links: HashMap<String, PortalLink>,
    /// The last one signs.
    pub(super) signing_keys: Vec<SigningKey>,
}

/// An object and when it came to be what it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record<T> {
    pub(super) object: T,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// A session of a person at the application: `sid` in its tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) user_id: String,
    /// The organization last signed in to or switched to.
    pub(super) organization_id: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) ended: bool,
    /// The hosted session that it came from, which ends with it.
    pub(super) hosted_session: Option<String>,
}

/// An authorization code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) user_id: String,
    pub(super) choice: Choice,
    /// The PKCE challenge that the verifier must answer (RFC 7636, S256).
    pub(super) code_challenge: String,
    pub(super) hosted_session: Option<String>,
    pub(super) expires_at: Timestamp,
}

/// Which organization a sign-in goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Choice {
    /// The person is in none.
    None,
    /// This one.
    Organization(String),
    /// The application must ask (`organization_selection_required`).
    Open,
}

/// A sign-in that waits for an organization: on the hosted picker, or at the application.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PendingAuthentication {
    pub(super) user_id: String,
    pub(super) hosted_session: Option<String>,
    pub(super) expires_at: Timestamp,
}

/// A refresh token. Spent ones are kept, so that their reuse is told from nonsense.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RefreshToken {
    pub(super) session_id: String,
    pub(super) exchanged: bool,
}

/// A browser that the hosted pages know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct HostedSession {
    pub(super) user_id: String,
}

/// A link into the Admin Portal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PortalLink {
    pub(super) organization_id: String,
    pub(super) intent: String,
    pub(super) return_url: Option<String>,
    pub(super) expires_at: Timestamp,
}

impl<T> Record<T> {
    pub(super) fn new(object: T, now: Timestamp) -> Self {
        Self { object, created_at: now, updated_at: now }
    }
}

impl Records {
    /// Adds what the seed has and the records have not.
    pub(super) fn seed(&mut self, directory: Directory, now: Timestamp) {
        for organization in directory.organizations {
            if self.organization(&organization.id).is_none() {
                self.organizations.push(Record::new(organization, now));
            }
        }
        for user in directory.users {
            if self.user(&user.id).is_none() && self.user_by_email(&user.email).is_none() {
                self.users.push(Record::new(user, now));
            }
        }
        for membership in directory.memberships {
            if self.membership(&membership.user_id, &membership.organization_id).is_none() {
                self.memberships.push(Record::new(membership, now));
            }
        }
    }

    /// A copy of who exists.
    pub(super) fn directory(&self) -> Directory {
        fn objects<T: Clone>(records: &[Record<T>]) -> Vec<T> {
            records.iter().map(|record| record.object.clone()).collect()
        }
        Directory {
            organizations: objects(&self.organizations),
            users: objects(&self.users),
            memberships: objects(&self.memberships),
        }
    }

    pub(super) fn organization(&self, id: &str) -> Option<&Record<Organization>> {
        self.organizations.iter().find(|record| record.object.id == id)
    }

    pub(super) fn user(&self, id: &str) -> Option<&Record<User>> {
        self.users.iter().find(|record| record.object.id == id)
    }

    pub(super) fn user_by_email(&self, email: &str) -> Option<&Record<User>> {
        self.users.iter().find(|record| record.object.has_email(email))
    }

    /// The membership of a person in an organization, whatever its status.
    pub(super) fn membership(&self, user_id: &str, organization_id: &str) -> Option<&Record<Membership>> {
        self.memberships
            .iter()
            .find(|record| record.object.user_id == user_id && record.object.organization_id == organization_id)
    }

    /// The person's membership in an organization, if it is in force.
    pub(super) fn active_membership(&self, user_id: &str, organization_id: &str) -> Option<&Membership> {
        self.active_memberships(user_id).find(|membership| membership.organization_id == organization_id)
    }

    /// The person's memberships that are in force.
    pub(super) fn active_memberships(&self, user_id: &str) -> impl Iterator<Item = &Membership> {
        self.memberships
            .iter()
            .map(|record| &record.object)
            .filter(move |membership| membership.user_id == user_id && membership.status == MembershipStatus::Active)
    }

    pub(super) fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.iter().find(|session| session.id == id)
    }

    /// When the person last signed in.
    pub(super) fn last_sign_in(&self, user_id: &str) -> Option<Timestamp> {
        self.sessions.iter().filter(|session| session.user_id == user_id).map(|session| session.created_at).max()
    }

    /// Ends the sessions that `is_meant` names, with the hosted sessions that they came from. Says how many there were.
    pub(super) fn end_sessions(&mut self, is_meant: impl Fn(&Session) -> bool) -> usize {
        let ending = self.sessions.iter_mut().filter(|session| !session.ended && is_meant(session));
        let mut count = 0;
        for session in ending {
            session.ended = true;
            count += 1;
            if let Some(hosted_session) = &session.hosted_session {
                self.hosted_sessions.remove(hosted_session);
            }
        }
        count
    }

    /// Marks a refresh token as spent, and keeps what became of its session.
    pub(super) fn exchange(&mut self, refresh_token: &str, session: Session) {
        if let Some(token) = self.refresh_tokens.get_mut(refresh_token) {
            token.exchanged = true;
        }
        if let Some(kept) = self.sessions.iter_mut().find(|kept| kept.id == session.id) {
            *kept = session;
        }
    }

    /// Forgets codes, pending sign-ins and portal links whose time is over.
    pub(super) fn forget_expired(&mut self, now: Timestamp) {
        self.codes.retain(|_, code| code.expires_at > now);
        self.pending_authentications.retain(|_, pending| pending.expires_at > now);
        self.portal_links.retain(|_, link| link.expires_at > now);
    }
}
