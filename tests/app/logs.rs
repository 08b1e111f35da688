//! What functions may not write: hardening A12.

use super::world;

/// What would give a secret or a person away: the beginning of every JWT, cookies, e-mail addresses.
const GIVEAWAYS: [&str; 4] = ["eyJ", "__Host-", "@", "Bearer "];

/// Panics when logs hold a token, a cookie, a key, a password or an e-mail address.
pub(super) fn assert_discreet(logs: &str) {
    let secrets = &world().secrets;
    let own = [
        &secrets.app_password,
        &secrets.identity_password,
        &secrets.begin_keys,
        &secrets.session_keys,
        &secrets.workos_api_key,
    ];
    for line in logs.lines() {
        let giveaway =
            GIVEAWAYS.into_iter().chain(own.into_iter().map(String::as_str)).find(|text| line.contains(text));
        if let Some(giveaway) = giveaway {
            panic!("a12: a function logged {giveaway:?}:\n{line}");
        }
    }
}
