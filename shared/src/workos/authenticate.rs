//! `POST /user_management/authenticate`: a code, a refresh token or a chosen organization for a pair of tokens.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{
    client::Workos,
    error::{Error, ErrorBody},
    http,
};
use crate::{http::Request, session::Pending};

/// A pair of tokens. No `Debug`.
#[derive(Deserialize)]
pub struct Tokens {
    /// A JWT, to be verified before use.
    pub access_token: String,
    /// Single-use.
    pub refresh_token: String,
}

/// Who signed in, and with what.
#[derive(Deserialize)]
pub struct Authentication {
    /// The person. A refresh's answer has it too.
    pub user: User,
    /// The tokens.
    #[serde(flatten)]
    pub tokens: Tokens,
}

/// A person, as WorkOS states them.
#[derive(Clone, Deserialize)]
pub struct User {
    /// WorkOS's id.
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// Whether WorkOS has seen that the address is theirs.
    #[serde(default)]
    pub email_verified: bool,
    /// Given name.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// A picture's address.
    #[serde(default)]
    pub profile_picture_url: Option<String>,
}

/// The browser that a sign-in or refresh is for; WorkOS shows it in the person's session list.
#[derive(Clone, Debug, Serialize)]
pub struct ClientDetails {
    #[serde(skip_serializing_if = "String::is_empty")]
    ip_address: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    user_agent: String,
}

impl From<&Request> for ClientDetails {
    fn from(request: &Request) -> Self {
        Self { ip_address: request.source_ip().to_owned(), user_agent: request.user_agent().to_owned() }
    }
}

/// Why no tokens came back.
#[derive(thiserror::Error)]
pub enum AuthenticateError {
    /// The code or refresh token is spent, expired or of an ended session: 400 `invalid_grant`, nothing else.
    #[error("the code or refresh token is spent, expired or of an ended session")]
    InvalidGrant,
    /// The person is a member of several organizations and must choose.
    #[error("an organization must be chosen")]
    OrganizationSelection(Pending),
    /// Something that AuthKit's own pages must do: SSO, a second factor, verifying the e-mail address.
    #[error("AuthKit must ask for more: {0}")]
    StepUp(String),
    /// Any other refusal.
    #[error("WorkOS refused with {code}")]
    Refused {
        /// WorkOS's code; may be empty.
        code: String,
    },
    /// WorkOS cannot be reached, or cannot answer at the moment.
    #[error(transparent)]
    Unavailable(Error),
}

impl AuthenticateError {
    /// Whether WorkOS has decided about the person, and another attempt of the very same would end alike.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Unavailable(_))
    }
}

impl std::fmt::Debug for AuthenticateError {
    /// As `Display`: a pending authentication holds a token.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{self}")
    }
}

/// Codes after which AuthKit's hosted pages take over.
const STEP_UPS: [&str; 11] = [
    "sso_required",
    "mfa_enrollment",
    "mfa_challenge",
    "email_verification_required",
    "organization_authentication_methods_required",
    "authentication_method_not_allowed",
    "email_password_auth_disabled",
    "passkey_progressive_enrollment",
    "radar_challenge",
    "radar_sign_up_challenge",
    "application_consent_required",
];

/// Codes that speak of us rather than of the person: our key or client id is wrong, which a new setting mends.
const OUR_FAULT: [&str; 3] = ["invalid_client", "unauthorized_client", "unauthorized"];

#[derive(Serialize)]
struct Body<'a, G> {
    client_id: &'a str,
    client_secret: &'a str,
    #[serde(flatten)]
    grant: G,
    #[serde(flatten)]
    client: &'a ClientDetails,
}

#[derive(Serialize)]
#[serde(tag = "grant_type")]
enum Grant<'a> {
    #[serde(rename = "authorization_code")]
    Code { code: &'a str, code_verifier: &'a str },
    #[serde(rename = "refresh_token")]
    RefreshToken {
        refresh_token: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        organization_id: Option<&'a str>,
    },
    #[serde(rename = "urn:workos:oauth:grant-type:organization-selection")]
    OrganizationSelection { pending_authentication_token: &'a str, organization_id: &'a str },
}

impl Workos {
    /// Exchanges a code with its PKCE verifier.
    pub async fn exchange_code(
        &self,
        code: &str,
        code_verifier: &str,
        client: &ClientDetails,
    ) -> Result<Authentication, AuthenticateError> {
        self.authenticate(Grant::Code { code, code_verifier }, client).await
    }

    /// Exchanges a refresh token, which is spent by that. `organization_id` (WorkOS id): the organization that the new
    /// token shall name.
    pub async fn refresh(
        &self,
        refresh_token: &str,
        organization_id: Option<&str>,
        client: &ClientDetails,
    ) -> Result<Authentication, AuthenticateError> {
        self.authenticate(Grant::RefreshToken { refresh_token, organization_id }, client).await
    }

    /// Goes on with a sign-in that waits for an organization.
    pub async fn select_organization(
        &self,
        pending_authentication_token: &str,
        organization_id: &str,
        client: &ClientDetails,
    ) -> Result<Authentication, AuthenticateError> {
        self.authenticate(Grant::OrganizationSelection { pending_authentication_token, organization_id }, client).await
    }

    async fn authenticate(
        &self,
        grant: Grant<'_>,
        client: &ClientDetails,
    ) -> Result<Authentication, AuthenticateError> {
        let api_key = self.api_key().map_err(AuthenticateError::Unavailable)?;
        let body = Body { client_id: &self.client_id, client_secret: api_key.expose_secret(), grant, client };
        let url = self.api_url.join("/user_management/authenticate");
        let answer = http::send_bare(self.http.post(&url, &body)).await.map_err(AuthenticateError::Unavailable)?;
        match self.check(&answer) {
            Ok(()) => serde_json::from_slice(&answer.body).map_err(|_| AuthenticateError::Unavailable(Error::Content)),
            Err(Error::Refused { status, code }) => Err(classify(status, code, ErrorBody::parse(&answer.body))),
            Err(passing) => Err(AuthenticateError::Unavailable(passing)),
        }
    }
}

fn classify(status: u16, code: String, body: ErrorBody) -> AuthenticateError {
    match (status, code.as_str(), body.pending_authentication_token) {
        (400, "invalid_grant", _) => AuthenticateError::InvalidGrant,
        (_, "organization_selection_required", Some(token)) => {
            AuthenticateError::OrganizationSelection(Pending { token, organizations: body.organizations })
        }
        (_, code, _) if STEP_UPS.contains(&code) => AuthenticateError::StepUp(code.to_owned()),
        (401, _, _) => AuthenticateError::Unavailable(Error::Refused { status, code }),
        (_, ours, _) if OUR_FAULT.contains(&ours) => AuthenticateError::Unavailable(Error::Refused { status, code }),
        _ => AuthenticateError::Refused { code },
    }
}

#[cfg(test)]
mod tests {
    use super::{AuthenticateError, classify};
    use crate::workos::error::ErrorBody;

    fn classified(status: u16, body: &str) -> AuthenticateError {
        let body = ErrorBody::parse(body.as_bytes());
        classify(status, body.code(), body)
    }

    #[test]
    fn only_400_invalid_grant_ends_a_session() {
        assert!(matches!(classified(400, r#"{"error":"invalid_grant"}"#), AuthenticateError::InvalidGrant));
        assert!(matches!(classified(401, r#"{"error":"invalid_grant"}"#), AuthenticateError::Unavailable(_)));
        assert!(matches!(classified(400, r#"{"error":"invalid_client"}"#), AuthenticateError::Unavailable(_)));
        assert!(matches!(classified(400, r#"{"code":"invalid_request"}"#), AuthenticateError::Refused { .. }));
        assert!(matches!(classified(400, "<html>"), AuthenticateError::Refused { .. }));
    }

    #[test]
    fn both_error_envelopes_are_understood() {
        assert!(matches!(classified(403, r#"{"error":"sso_required"}"#), AuthenticateError::StepUp(_)));
        assert!(matches!(classified(403, r#"{"code":"mfa_challenge","message":"m"}"#), AuthenticateError::StepUp(_)));
        let selection = r#"{"code":"organization_selection_required","pending_authentication_token":"t",
            "organizations":[{"id":"org_1","name":"One"}]}"#;
        match classified(403, selection) {
            AuthenticateError::OrganizationSelection(pending) => assert_eq!(pending.organizations[0].name, "One"),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_code_that_is_no_slug_is_not_repeated() {
        let body = ErrorBody::parse(br#"{"error":"person@example.com used"}"#);
        assert_eq!(body.code(), "");
    }
}
