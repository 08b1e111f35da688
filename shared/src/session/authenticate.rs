//! From a request's cookies to a session.

use std::cmp::min;

use jiff::Timestamp;

use super::{
    cookie::{Opened, SealError, SessionCookie},
    flow::Flow,
    refresh::{Refreshed, refresh},
    token::{Claims, TokenError},
};
use crate::{
    app::App,
    http::{Problem, Request, SetCookie, form},
    permission::Grants,
    workos::Tokens,
};

/// How long before its end a token is refreshed, in seconds.
const REFRESH_BEFORE: i64 = 60;

/// A verified session.
pub struct Session {
    claims: Claims,
    cookie: SessionCookie,
}

/// A session that is being ended.
pub struct EndingSession {
    /// WorkOS's session id.
    pub id: String,
    /// The user's WorkOS id.
    pub user_id: String,
    /// The organization's WorkOS id, where the token names one.
    pub org_id: Option<String>,
    /// Who acts in the user's name, if somebody does.
    pub impersonator: Option<String>,
}

/// A session that is about to begin: sealed, and not yet handed to the browser.
pub struct NewSession {
    cookies: Vec<SetCookie>,
}

impl NewSession {
    /// Hands the session to the browser.
    pub fn start(self, request: &Request) {
        self.cookies.into_iter().for_each(|cookie| request.set_cookie(cookie));
    }
}

/// Whether a request has a session.
pub enum Outcome {
    /// It has.
    Valid(Box<Session>),
    /// It has not, or what it has cannot be trusted any more.
    SignedOut,
    /// That cannot be told, or not for this organization; cookies must stay as they are.
    CannotTell(Problem),
}

impl Session {
    /// What the verified access token says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The user's WorkOS id.
    pub fn user_id(&self) -> &str {
        &self.claims.sub
    }

    /// When the access token ends.
    pub fn expires_at(&self) -> Result<Timestamp, jiff::Error> {
        Timestamp::from_second(self.claims.exp)
    }

    /// What the token grants, before the role's ceiling.
    pub fn grants(&self) -> Grants {
        self.claims.grants()
    }

    /// Requires a session: `unauthenticated` without one, `unavailable` when that cannot be told.
    pub async fn require(app: &App, request: &Request) -> Result<Self, Problem> {
        match Self::authenticate(app, request).await {
            Outcome::Valid(session) => Ok(*session),
            Outcome::SignedOut => Err(Problem::unauthenticated()),
            Outcome::CannotTell(problem) => Err(problem),
        }
    }

    /// Requires that a posted form was made for this session's user and organization: with two tabs, one of them may
    /// have switched in the meantime. JSON says nothing of either and passes.
    ///
    /// Errors: `organization_changed` when they differ, `malformed` when the form does not say.
    pub fn check_form(&self, request: &Request) -> Result<(), Problem> {
        let Some(fields) = request.form() else { return Ok(()) };
        let (Some(organization), Some(user)) = (fields.get(form::ORGANIZATION), fields.get(form::USER)) else {
            return Err(Problem::malformed("The form does not say for whom it was made. Reload the page."));
        };
        let current = self.claims.org_id.as_deref().unwrap_or_default();
        match organization == current && user == self.claims.sub {
            true => Ok(()),
            false => Err(Problem::organization_changed()),
        }
    }

    /// Authenticates a request, refreshing the session where that is due. A renewed or ended session sets its cookies
    /// on the request, so that they go out with whatever the reply is.
    pub async fn authenticate(app: &App, request: &Request) -> Outcome {
        let now = app.clock().seconds();
        match Self::recall(app, request, now).await {
            Ok(session) if session.claims.exp - now >= REFRESH_BEFORE => keep(app, request, session, now),
            Ok(session) => renew(app, request, session, now).await,
            Err(outcome) => outcome,
        }
    }

    /// The session of a request, verified but for the expiry of its token; otherwise how the request stands.
    async fn recall(app: &App, request: &Request, now: i64) -> Result<Self, Outcome> {
        let cookie = match SessionCookie::open(app.session_sealer(), request.cookies()) {
            Opened::Nothing => return Err(Outcome::SignedOut),
            Opened::Broken => return Err(end(request, "the cookie is not a session of ours")),
            Opened::Session(cookie) => *cookie,
        };
        if !is_within_limits(app, &cookie, now) {
            return Err(end(request, "idle for too long, or past its lifetime"));
        }
        match app.verify_token(&cookie.access_token).await {
            Ok(claims) => Ok(Self { claims, cookie }),
            Err(TokenError::Invalid(reason)) => Err(end(request, reason)),
            Err(error @ TokenError::CannotTell) => Err(Outcome::CannotTell(Problem::unavailable(error))),
        }
    }

    /// Whether the browser has a session that may still go on. Says nothing of its token, and asks nobody.
    pub fn is_remembered(app: &App, request: &Request) -> bool {
        match SessionCookie::open(app.session_sealer(), request.cookies()) {
            Opened::Session(cookie) => is_within_limits(app, &cookie, app.clock().seconds()),
            Opened::Nothing | Opened::Broken => false,
        }
    }

    /// Requires a session whose token may have expired, and refreshes nothing: for somebody who is about to go to
    /// another organization, or who cannot stay in this one. Whether the session was revoked is for the caller to ask.
    ///
    /// Errors: as [`Session::require`].
    pub async fn remembered(app: &App, request: &Request) -> Result<Self, Problem> {
        match Self::recall(app, request, app.clock().seconds()).await {
            Ok(session) => Ok(session),
            Err(Outcome::CannotTell(problem)) => Err(problem),
            Err(_) => Err(Problem::unauthenticated()),
        }
    }

    /// Whom a request's session names, whether or not it is in force: for the record of their refusal. `None` without a
    /// cookie of ours whose token holds. Errors: [`TokenError::CannotTell`].
    pub(crate) async fn identify(app: &App, request: &Request) -> Result<Option<Claims>, TokenError> {
        let Opened::Session(cookie) = SessionCookie::open(app.session_sealer(), request.cookies()) else {
            return Ok(None);
        };
        match app.verify_token(&cookie.access_token).await {
            Ok(claims) => Ok(Some(claims)),
            Err(TokenError::Invalid(_)) => Ok(None),
            Err(error @ TokenError::CannotTell) => Err(error),
        }
    }

    /// The session that a sign-out is to end, also when its token has expired. `None` without a cookie that opens.
    pub async fn ending(app: &App, request: &Request) -> Option<EndingSession> {
        let Opened::Session(cookie) = SessionCookie::open(app.session_sealer(), request.cookies()) else {
            return None;
        };
        let claims = match app.verify_token(&cookie.access_token).await {
            Ok(claims) => claims,
            // Its key may be withdrawn or out of reach; but only we can have sealed this token, and we verified it then.
            Err(_) => Claims::of_sealed_token(&cookie.access_token)?,
        };
        let impersonator = claims.impersonator().map(str::to_owned);
        Some(EndingSession { id: claims.sid, user_id: claims.sub, org_id: claims.org_id, impersonator })
    }

    /// The cookies that remove a session.
    pub fn removal() -> [SetCookie; 2] {
        SessionCookie::removal()
    }

    /// Seals a new session with a fresh pair of tokens.
    pub fn seal(app: &App, request: &Request, tokens: Tokens, claims: Claims) -> Result<NewSession, SealError> {
        let now = app.clock().seconds();
        let cookie = SessionCookie {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            started_at: now,
            seen_at: now,
        };
        Ok(NewSession { cookies: Self { claims, cookie }.sealed(app, request)? })
    }

    /// Moves the session to another organization (WorkOS id). The caller has made sure of the membership.
    pub async fn switch(self, app: &App, request: &Request, organization_id: &str) -> Result<Self, Problem> {
        let refresh_token = self.cookie.refresh_token.clone();
        match refresh(app, request, &refresh_token, &self.claims, Some(organization_id)).await {
            Refreshed::New(new) => self.with(app, request, *new),
            Refreshed::Unverified(tokens) => {
                self.keep_unverified(app, request, tokens)?;
                Err(Problem::unavailable(TokenError::CannotTell))
            }
            // WorkOS does not let this person into the organization (or in this way), although we have a membership.
            Refreshed::Unavailable(error) if error.is_refusal() => {
                tracing::warn!(%error, "WorkOS refused a switch of organization");
                Err(Problem::membership_inactive())
            }
            Refreshed::Unavailable(error) => Err(Problem::unavailable(error)),
            // A token that still lives belongs to a session that has not ended: a request beside this one was faster.
            Refreshed::Ended(_) if !self.claims.is_expired(app.clock().seconds()) => {
                Err(Problem::organization_changed())
            }
            Refreshed::Ended(reason) => {
                end(request, reason);
                Err(Problem::unauthenticated())
            }
        }
    }

    fn with(self, app: &App, request: &Request, (tokens, claims): (Tokens, Claims)) -> Result<Self, Problem> {
        let cookie = SessionCookie {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            seen_at: app.clock().seconds(),
            ..self.cookie
        };
        let session = Self { claims, cookie };
        session.set_cookies(app, request).map_err(Problem::internal)?;
        Ok(session)
    }

    fn keep_unverified(self, app: &App, request: &Request, tokens: Tokens) -> Result<(), Problem> {
        let claims = self.claims.clone();
        self.with(app, request, (tokens, claims)).map(drop)
    }

    fn set_cookies(&self, app: &App, request: &Request) -> Result<(), SealError> {
        self.sealed(app, request)?.into_iter().for_each(|cookie| request.set_cookie(cookie));
        Ok(())
    }

    /// The session's cookies, after those that make room for them.
    fn sealed(&self, app: &App, request: &Request) -> Result<Vec<SetCookie>, SealError> {
        let max_age = app.session_limits().lifetime;
        let cookies = self.cookie.seal(app.session_sealer(), app.entropy(), max_age)?;
        let evictions = Flow::evictions(app.flow_sealer(), request.cookies(), app.clock().seconds(), &cookies);
        Ok(evictions.into_iter().chain(cookies).collect())
    }
}

async fn renew(app: &App, request: &Request, session: Session, now: i64) -> Outcome {
    let alive = !session.claims.is_expired(now);
    let refresh_token = session.cookie.refresh_token.clone();
    let organization_id = session.claims.org_id.clone();
    match refresh(app, request, &refresh_token, &session.claims, organization_id.as_deref()).await {
        Refreshed::New(new) => match session.with(app, request, *new) {
            Ok(session) => Outcome::Valid(Box::new(session)),
            Err(problem) => Outcome::CannotTell(problem),
        },
        Refreshed::Unverified(tokens) => match session.keep_unverified(app, request, tokens) {
            Ok(()) => Outcome::CannotTell(Problem::unavailable(TokenError::CannotTell)),
            Err(problem) => Outcome::CannotTell(problem),
        },
        // A token that still lives is worth more than a refusal: another tab may have refreshed a moment ago. No cookie
        // is set, or it would put the spent refresh token in the place of that tab's new one.
        Refreshed::Ended(_) | Refreshed::Unavailable(_) if alive => Outcome::Valid(Box::new(session)),
        Refreshed::Ended(reason) => end(request, reason),
        // WorkOS gives no token for this organization any more. The session lives on: another one can be chosen.
        Refreshed::Unavailable(error) if error.is_refusal() => {
            tracing::warn!(request_id = request.id(), %error, "WorkOS refused to refresh within the organization");
            Outcome::CannotTell(Problem::membership_inactive())
        }
        Refreshed::Unavailable(error) => Outcome::CannotTell(Problem::unavailable(error)),
    }
}

/// Goes on with the tokens there are; seals anew only when the cookie's idle time needs moving.
fn keep(app: &App, request: &Request, mut session: Session, now: i64) -> Outcome {
    let reseal_after = min(300, app.session_limits().idle / 4);
    if now - session.cookie.seen_at >= reseal_after {
        session.cookie.seen_at = now;
        if let Err(error) = session.set_cookies(app, request) {
            return Outcome::CannotTell(Problem::internal(error));
        }
    }
    Outcome::Valid(Box::new(session))
}

fn end(request: &Request, reason: &'static str) -> Outcome {
    tracing::info!(request_id = request.id(), reason, "a session ended");
    SessionCookie::removal().into_iter().for_each(|cookie| request.set_cookie(cookie));
    Outcome::SignedOut
}

fn is_within_limits(app: &App, cookie: &SessionCookie, now: i64) -> bool {
    let limits = app.session_limits();
    // A minute ahead is another sandbox's clock; more than that, nobody of ours sealed.
    let plausible = cookie.started_at <= now + 60 && cookie.seen_at <= now + 60;
    plausible && now - cookie.seen_at < limits.idle && now - cookie.started_at < limits.lifetime
}
