//! The address at which a person signs in: AuthKit's hosted page.

use super::client::Workos;
use crate::session::Flow;

/// Which of AuthKit's screens comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenHint {
    /// Somebody who has an account.
    SignIn,
    /// Somebody new.
    SignUp,
}

impl ScreenHint {
    /// The hint of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::SignIn, Self::SignUp].into_iter().find(|hint| hint.as_str() == name)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignUp => "sign-up",
        }
    }
}

/// What may be passed on to AuthKit besides the flow.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuthorizeRequest<'a> {
    /// The screen to show first.
    pub screen_hint: Option<ScreenHint>,
    /// The e-mail address to fill in.
    pub login_hint: Option<&'a str>,
    /// The organization to sign in to (WorkOS id).
    pub organization_id: Option<&'a str>,
    /// The invitation that brought the person here.
    pub invitation_token: Option<&'a str>,
}

impl Workos {
    /// The authorize URL of a flow, with PKCE S256. `None` when the function was not given `WORKOS_REDIRECT_URI`.
    pub fn authorize_url(&self, flow: &Flow, request: AuthorizeRequest<'_>) -> Option<String> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", self.redirect_uri.as_deref()?)
            .append_pair("response_type", "code")
            .append_pair("provider", "authkit")
            .append_pair("state", &flow.state)
            .append_pair("code_challenge", &flow.code_challenge())
            .append_pair("code_challenge_method", "S256");
        let optional = [
            ("screen_hint", request.screen_hint.map(ScreenHint::as_str)),
            ("login_hint", request.login_hint),
            ("organization_id", request.organization_id),
            ("invitation_token", request.invitation_token),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        Some(self.api_url.join(&format!("/user_management/authorize?{}", query.finish())))
    }
}
