//! Refreshing: a new pair of tokens for the old refresh token.

use super::token::{Claims, TokenError};
use crate::{
    app::App,
    http::Request,
    workos::{AuthenticateError, Tokens},
};

/// What became of an attempt to refresh.
pub(super) enum Refreshed {
    /// A new pair, verified to be the same session's.
    New(Box<(Tokens, Claims)>),
    /// A new pair that cannot be verified at the moment. The old one is spent, so it must be kept.
    Unverified(Tokens),
    /// The session has ended at WorkOS, or what came back is not this session.
    Ended(&'static str),
    /// WorkOS cannot be reached; the old refresh token is still good.
    Unavailable(AuthenticateError),
}

/// Refreshes within `organization_id` (WorkOS id): without one, WorkOS would choose the session's latest.
pub(super) async fn refresh(
    app: &App,
    request: &Request,
    refresh_token: &str,
    old: &Claims,
    organization_id: Option<&str>,
) -> Refreshed {
    let workos = app.workos();
    let tokens = match workos.refresh(refresh_token, organization_id, &request.into()).await {
        Ok(authentication) => authentication.tokens,
        Err(AuthenticateError::InvalidGrant) => return Refreshed::Ended("the refresh token is spent or ended"),
        Err(error) => return Refreshed::Unavailable(error),
    };
    match app.verify_token(&tokens.access_token).await {
        Ok(new) if !is_same_session(old, &new) => Refreshed::Ended("the new token is another session's"),
        Ok(new) if organization_id.is_some() && new.org_id.as_deref() != organization_id => {
            Refreshed::Ended("the new token names another organization")
        }
        Ok(new) => Refreshed::New(Box::new((tokens, new))),
        Err(TokenError::CannotTell) => Refreshed::Unverified(tokens),
        Err(TokenError::Invalid(reason)) => Refreshed::Ended(reason),
    }
}

fn is_same_session(old: &Claims, new: &Claims) -> bool {
    old.sub == new.sub && old.sid == new.sid && old.impersonator() == new.impersonator()
}
