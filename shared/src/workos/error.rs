//! What can go wrong in a call to WorkOS.

use serde::Deserialize;

/// A call failed. Carries codes only: WorkOS's messages quote e-mail addresses and codes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer: connection, TLS, time.
    #[error("WorkOS cannot be reached: {0}")]
    Unreachable(&'static str),
    /// An answer that another attempt may mend: 429 or 5xx.
    #[error("WorkOS answered {status}")]
    Passing {
        /// The HTTP status.
        status: u16,
    },
    /// A refusal, with WorkOS's stable code.
    #[error("WorkOS refused with {status} {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// `error` of the OAuth envelope or `code` of the plain one; empty when the answer had neither.
        code: String,
    },
    /// A success whose content is not what it should be.
    #[error("WorkOS answered in an unexpected form")]
    Content,
}

impl Error {
    /// Whether WorkOS does not know our client id or key: it speaks of us rather than of the person.
    pub fn is_of_credentials(&self) -> bool {
        match self {
            Self::Refused { status: 401, .. } => true,
            Self::Refused { code, .. } => ["invalid_client", "unauthorized_client", "unauthorized"].contains(&&**code),
            _ => false,
        }
    }

    /// Whether WorkOS says that there is no such object.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

/// The two forms of an error body: OAuth's (`error`) and WorkOS's own (`code`).
#[derive(Deserialize, Default)]
pub(super) struct ErrorBody {
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    pub(super) pending_authentication_token: Option<String>,
    #[serde(default)]
    pub(super) organizations: Vec<crate::session::OfferedOrganization>,
}

impl ErrorBody {
    pub(super) fn parse(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// The code, restricted to the characters of one: it is logged.
    pub(super) fn code(&self) -> String {
        let code = self.error.as_deref().or(self.code.as_deref()).unwrap_or_default();
        let is_slug = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_slug { code.to_owned() } else { String::new() }
    }
}
