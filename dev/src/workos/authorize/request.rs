//! An authorization request and what is wrong with it.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use url::Url;

use super::{page::RefusalPage, redirect};
use crate::workos::{environment::Environment, parameters::Parameters};

/// An authorization request that may be shown a page.
#[derive(Debug)]
pub(super) struct AuthorizeRequest {
    /// The query that it came with, for the forms of the pages.
    pub(super) query: String,
    /// The organization to sign in to; it exists.
    pub(super) organization_id: Option<String>,
    pub(super) login_hint: Option<String>,
    /// Whether somebody new is expected.
    pub(super) expects_sign_up: bool,
    /// Whether even a browser that is known shall be asked.
    pub(super) insists_on_login: bool,
    pub(super) code_challenge: String,
    callback: Callback,
}

/// Where the browser goes back to.
#[derive(Debug)]
struct Callback {
    redirect_uri: Url,
    state: Option<String>,
}

/// An error that the application hears of. Codes are WorkOS's, and RFC 6749's where WorkOS names none.
#[derive(Debug)]
pub(super) struct AuthorizeError {
    pub(super) error: &'static str,
    pub(super) description: &'static str,
}

impl AuthorizeRequest {
    /// Reads a query. Where the browser may go back, it does so with the error; where client or redirect URI are not
    /// known, it goes nowhere and gets a page (RFC 6749, section 4.1.2.1).
    pub(super) fn parse(environment: &Environment, query: &str) -> Result<Self, Box<Response>> {
        let parameters = Parameters::parse(query.as_bytes());
        let callback = Callback::parse(environment, &parameters).map_err(|page| Box::new(page.into_response()))?;
        let own = |name: &str| parameters.get(name).map(str::to_owned);
        match check(environment, &parameters) {
            Ok(code_challenge) => Ok(Self {
                query: query.to_owned(),
                organization_id: own("organization_id"),
                login_hint: own("login_hint"),
                expects_sign_up: parameters.get("screen_hint") == Some("sign-up"),
                insists_on_login: parameters.get("prompt") == Some("login"),
                code_challenge,
                callback,
            }),
            Err(error) => Err(Box::new(callback.with_error(StatusCode::FOUND, &error))),
        }
    }

    /// Sends the browser back from a page with a code.
    pub(super) fn with_code(&self, code: &str) -> Response {
        self.callback.answer(StatusCode::SEE_OTHER, &[("code", code)])
    }

    /// Sends the browser back from a page with an error.
    pub(super) fn with_error(&self, error: &AuthorizeError) -> Response {
        self.callback.with_error(StatusCode::SEE_OTHER, error)
    }
}

impl Callback {
    fn parse(environment: &Environment, parameters: &Parameters) -> Result<Self, RefusalPage> {
        if parameters.get("client_id") != Some(environment.client_id.as_str()) {
            return Err(RefusalPage::bad_request("Unknown application", "The client id is missing or not known here."));
        }
        let registered = |uri: &&str| environment.redirect_uris.iter().any(|known| known == uri);
        let uri = parameters.get("redirect_uri").filter(registered).and_then(|uri| Url::parse(uri).ok());
        let Some(redirect_uri) = uri else {
            let detail = "The redirect URI is missing or not registered for this application.";
            return Err(RefusalPage::bad_request("Invalid redirect URI", detail));
        };
        Ok(Self { redirect_uri, state: parameters.get("state").map(str::to_owned) })
    }

    fn with_error(&self, status: StatusCode, error: &AuthorizeError) -> Response {
        self.answer(status, &[("error", error.error), ("error_description", error.description)])
    }

    fn answer(&self, status: StatusCode, parameters: &[(&str, &str)]) -> Response {
        let mut location = self.redirect_uri.clone();
        location.query_pairs_mut().extend_pairs(parameters);
        if let Some(state) = &self.state {
            location.query_pairs_mut().append_pair("state", state);
        }
        redirect(status, location.as_str())
    }
}

/// Checks everything but client and redirect URI. Gives the code challenge.
fn check(environment: &Environment, parameters: &Parameters) -> Result<String, AuthorizeError> {
    let refuse = |error, description| Err(AuthorizeError { error, description });
    if parameters.get("response_type") != Some("code") {
        return refuse("unsupported_response_type", "response_type must be code.");
    }
    if parameters.get("code_challenge_method") != Some("S256") {
        return refuse("invalid_request", "code_challenge_method must be S256.");
    }
    let code_challenge = match parameters.get("code_challenge") {
        Some(challenge) if is_code_challenge(challenge) => challenge.to_owned(),
        _ => return refuse("invalid_request", "code_challenge must be the base64url of a SHA-256."),
    };
    let organization_id = parameters.get("organization_id");
    match (parameters.get("provider"), parameters.get("connection_id"), organization_id) {
        (Some("authkit"), None, _) => {}
        (Some(_), Some(_), _) => return refuse("ambiguous_connection_selector", "Give one connection selector."),
        (None, None, None) => return refuse("invalid_connection_selector", "A connection selector is required."),
        (None, None, Some(_)) => return refuse("organization_invalid", "No connection associated with organization"),
        (None, Some(_), _) => return refuse("connection_invalid", "There is no such connection."),
        (Some(_), None, _) => return refuse("connection_invalid", "The provider has no connection here."),
    }
    let hint_is_known = matches!(parameters.get("screen_hint"), None | Some("sign-in" | "sign-up"));
    if !hint_is_known {
        return refuse("invalid_request", "screen_hint must be sign-in or sign-up.");
    }
    let exists = |id: &str| environment.read(|records| records.organization(id).is_some());
    if organization_id.is_some_and(|id| !exists(id)) {
        return refuse("organization_invalid", "There is no organization matching the provided ID.");
    }
    Ok(code_challenge)
}

/// Whether it is 32 bytes in base64url without padding (RFC 7636, section 4.2).
fn is_code_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
