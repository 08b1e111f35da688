//! What a browser fetches before anybody wants it: a prefetch, or a page that is rendered ahead. Browsers say so
//! (`Sec-Purpose`, Fetch Standard, section 3.7; earlier `Purpose`).

use super::{problem::Problem, request::Request};

/// Refuses what nobody has asked for yet. For routes that record who has seen what: of what nobody has seen, nothing is
/// to be recorded. The browser asks again when somebody goes there.
pub fn refuse_speculative(request: &Request) -> Result<(), Problem> {
    let purposes = ["sec-purpose", "purpose"].into_iter().filter_map(|name| request.header(name));
    // An item with parameters, as `prefetch;prerender`.
    let mut words = purposes.flat_map(|purpose| purpose.split([';', ',']));
    match words.any(|word| matches!(word.trim(), "prefetch" | "prerender" | "preview")) {
        true => Err(Problem::speculative()),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{super::request::tests::request, refuse_speculative};

    fn is_taken(headers: Value) -> bool {
        refuse_speculative(&request("GET", "/audit/logs", headers, "")).is_ok()
    }

    #[test]
    fn what_browsers_say_they_fetch_ahead_is_refused_and_nothing_else() {
        for purpose in ["prefetch", "prefetch;prerender", "prefetch; anonymous-client-ip", "prerender"] {
            assert!(!is_taken(json!({"sec-purpose": purpose})), "{purpose}");
        }
        assert!(!is_taken(json!({"purpose": "prefetch"})));
        assert!(!is_taken(json!({"Purpose": "preview"})), "Safari's");
        assert!(is_taken(json!({})) && is_taken(json!({"sec-purpose": ""})));
        assert!(is_taken(json!({"purpose": "prefetching"})), "another word");
    }
}
