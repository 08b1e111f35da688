//! The check that keeps other sites from making a browser act here (cross-site request forgery).
//!
//! Browsers say themselves where a request comes from: `Sec-Fetch-Site` (Fetch Metadata) and, in older ones,
//! `Origin` (RFC 6454). SameSite=Lax on the session cookie stands beside this and does not replace it.

use http::Method;

use super::{problem::Problem, request::Request};
use crate::settings::Origin;

/// Refuses an unsafe request that another site may have caused. Called before the body is read.
pub fn refuse_cross_site(request: &Request, public_url: &Origin) -> Result<(), Problem> {
    if request.is_safe() {
        return Ok(());
    }
    let same_site = match (request.header("sec-fetch-site"), request.header("origin")) {
        (Some(site), origin) => matches!(site, "same-origin" | "none") && origin != Some("null"),
        (None, Some(origin)) => origin == public_url.as_str(),
        // No browser: a browser sends one of the two with every unsafe request. JSON cannot come from a form, and a
        // bodyless PUT, PATCH or DELETE cannot come from another site without a preflight.
        (None, None) => {
            request.media_type() == "application/json" || (request.has_no_body() && *request.method() != Method::POST)
        }
    };
    if same_site { Ok(()) } else { Err(Problem::cross_site()) }
}

/// Whether a browser says that a page of somewhere else sent it here; what is no browser says nothing. For safe requests
/// that are not to happen by somebody else's doing. The way back from a sign-in is one of these, too.
pub fn is_sent_from_elsewhere(request: &Request) -> bool {
    request.header("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{super::request::tests::request, is_sent_from_elsewhere, refuse_cross_site};
    use crate::settings::Origin;

    fn is_taken(method: &str, headers: Value, body: &str) -> bool {
        let origin: Origin = "https://app.example".parse().expect("an origin");
        refuse_cross_site(&request(method, "/events", headers, body), &origin).is_ok()
    }

    #[test]
    fn only_requests_of_our_own_pages_are_taken_from_browsers() {
        for (site, taken) in [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)] {
            assert_eq!(is_taken("POST", json!({"sec-fetch-site": site}), "a=1"), taken, "{site}");
            assert!(is_taken("GET", json!({"sec-fetch-site": site}), ""));
        }
        assert!(is_taken("POST", json!({"origin": "https://app.example"}), "a=1"));
        assert!(!is_taken("POST", json!({"origin": "https://app.example.evil.example"}), "a=1"));
        assert!(!is_taken("POST", json!({"origin": "null"}), "a=1"));
        assert!(!is_taken("POST", json!({"origin": "null", "sec-fetch-site": "same-origin"}), "a=1"));
        assert!(!is_taken("POST", json!({"origin": "https://app.example", "sec-fetch-site": "cross-site"}), "a=1"));
    }

    #[test]
    fn a_browser_says_whether_a_page_of_somewhere_else_sent_it() {
        let is_sent = |headers| is_sent_from_elsewhere(&request("GET", "/audit/logs", headers, ""));
        for (site, sent) in [("same-origin", false), ("none", false), ("same-site", true), ("cross-site", true)] {
            assert_eq!(is_sent(json!({"sec-fetch-site": site})), sent, "{site}");
        }
        assert!(!is_sent(json!({})));
    }

    #[test]
    fn without_a_browser_only_json_is_taken() {
        assert!(is_taken("POST", json!({"content-type": "application/json"}), "{}"));
        assert!(!is_taken("POST", json!({"content-type": "application/x-www-form-urlencoded"}), "a=1"));
        assert!(!is_taken("POST", json!({"content-type": "text/plain"}), "{}"));
        assert!(!is_taken("POST", json!({}), ""));
        assert!(is_taken("DELETE", json!({}), ""));
    }
}
