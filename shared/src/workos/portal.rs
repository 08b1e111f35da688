//! WorkOS's Admin Portal, where an organization's administrators look after what WorkOS has of theirs:
//! <https://workos.com/docs/reference/admin-portal/portal-link/generate>.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{client::Workos, error::Error};

/// What a visit to the Admin Portal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PortalIntent {
    /// To see the organization's audit log at WorkOS.
    AuditLogs,
}

impl Workos {
    /// A link into the Admin Portal for an organization (WorkOS id); the portal leads back to `return_url`. It lives
    /// five minutes, so it is made when somebody asks to go there, and goes to nobody else.
    pub async fn portal_link(
        &self,
        organization_id: &str,
        intent: PortalIntent,
        return_url: &str,
    ) -> Result<String, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            organization: &'a str,
            intent: PortalIntent,
            return_url: &'a str,
        }
        #[derive(Deserialize)]
        struct Link {
            link: String,
        }
        let Link { link } =
            self.post("/portal/generate_link", &Body { organization: organization_id, intent, return_url }).await?;
        is_web_address(&link).then_some(link).ok_or(Error::Content)
    }
}

/// Whether a browser may be sent there: https, or plain http on this machine.
fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::is_web_address;

    #[test]
    fn a_browser_is_sent_to_web_addresses_only() {
        for link in ["https://setup.workos.com?token=ey.a.b", "http://127.0.0.1:9010/portal/launch?secret=s"] {
            assert!(is_web_address(link), "{link}");
        }
        for link in ["", "/audit/logs", "javascript:alert(1)", "http://setup.workos.com", "data:text/html,x"] {
            assert!(!is_web_address(link), "{link}");
        }
    }
}
