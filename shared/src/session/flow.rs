//! One sign-in flow: what must be remembered between leaving for AuthKit and coming back.
//!
//! Each flow has a sealed cookie of its own, named after its `state`, so that two tabs do not clobber one another. The
//! cookie binds `state` to the browser (RFC 6749, section 10.12) and holds the PKCE verifier (RFC 7636).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::sealed::Sealer;
use crate::{
    clock::{Entropy, EntropyError},
    http::{Cookies, Found, SetCookie},
    return_path::ReturnPath,
};

/// The start of every flow cookie's name.
pub(super) const COOKIE_PREFIX: &str = "__Host-eleva-flow-";
/// How long a flow may take, in seconds.
pub(super) const LIFETIME: i64 = 600;
/// How many flows a browser may have under way.
pub(super) const MOST: usize = 5;
/// The most bytes that all our cookies may have together. The gateway refuses requests with more than 10,240 bytes of
/// headers, and a browser's other headers take their part: over that, nothing would work until the flows run out.
const MOST_BYTES: usize = 8 * 1024;
/// The start of every cookie's name.
const OUR_PREFIX: &str = "__Host-eleva-";
/// The most bytes of one flow cookie's value.
const LONGEST: usize = 2_400;

/// What one flow remembers. No `Debug`: it holds a verifier and perhaps a token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Flow {
    /// 64 hexadecimal digits; goes to AuthKit and comes back.
    pub state: String,
    /// The PKCE verifier, 43 characters.
    pub code_verifier: String,
    /// Where to go afterwards.
    pub return_to: String,
    /// When it began, seconds since the Unix epoch.
    pub created_at: i64,
    /// Whether it was begun anew because WorkOS came back without a state. That happens once, never twice.
    #[serde(default)]
    pub restarted: bool,
    /// The organization that was asked for (WorkOS id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
    /// The choice of an organization that WorkOS waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
}

/// WorkOS's step-up `organization_selection_required`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    /// The token that continues the authentication.
    pub token: String,
    /// What there is to choose from.
    pub organizations: Vec<OfferedOrganization>,
}

/// An organization that a person may choose.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OfferedOrganization {
    /// WorkOS's id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Flow {
    /// A new flow with fresh `state` and verifier.
    pub fn start(entropy: Entropy, now: i64, return_to: &ReturnPath) -> Result<Self, EntropyError> {
        let state: [u8; 32] = entropy.bytes()?;
        let verifier: [u8; 32] = entropy.bytes()?;
        Ok(Self {
            state: state.iter().map(|byte| format!("{byte:02x}")).collect(),
            code_verifier: URL_SAFE_NO_PAD.encode(verifier),
            return_to: return_to.as_str().to_owned(),
            created_at: now,
            restarted: false,
            organization_id: None,
            pending: None,
        })
    }

    /// The PKCE challenge, method S256 (RFC 7636, section 4.2).
    pub fn code_challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.code_verifier.as_bytes()))
    }

    /// The name of this flow's cookie.
    pub fn cookie_name(&self) -> String {
        cookie_name(&self.state)
    }

    /// The cookie that removes this flow.
    pub fn removal(&self) -> SetCookie {
        SetCookie::removal(self.cookie_name())
    }

    /// Seals the flow into its cookie. Organizations that do not fit any more are left out of a pending choice.
    pub fn seal(&self, sealer: &Sealer, entropy: Entropy, now: i64) -> Result<SetCookie, EntropyError> {
        let mut flow = self.clone();
        loop {
            let plaintext = serde_json::to_vec(&flow).map_err(|_| EntropyError)?;
            let sealed = sealer.seal(entropy, cookie_name(&flow.state).as_bytes(), &plaintext)?;
            let last = match &mut flow.pending {
                Some(pending) if sealed.len() > LONGEST => pending.organizations.pop(),
                _ => None,
            };
            if last.is_none() {
                return Ok(SetCookie::new(self.cookie_name(), sealed, (self.created_at + LIFETIME - now).max(0)));
            }
        }
    }

    /// The flow that a `state` belongs to in this browser, unless it has run out.
    pub fn find(sealer: &Sealer, cookies: &Cookies, state: &str, now: i64) -> Option<Self> {
        let is_ours = state.len() == 64 && state.bytes().all(|byte| byte.is_ascii_hexdigit());
        let Found::One(sealed) = cookies.find(&cookie_name(is_ours.then_some(state)?)) else { return None };
        Self::open(sealer, &cookie_name(state), sealed, now).filter(|flow| flow.state == state)
    }

    /// Every flow of this browser that has not run out, the newest first.
    pub fn all(sealer: &Sealer, cookies: &Cookies, now: i64) -> Vec<Self> {
        let mut flows: Vec<Self> = cookies
            .starting_with(COOKIE_PREFIX)
            .filter_map(|(name, sealed)| Self::open(sealer, name, sealed, now))
            .collect();
        flows.sort_by_key(|flow| std::cmp::Reverse(flow.created_at));
        flows
    }

    fn open(sealer: &Sealer, name: &str, sealed: &str, now: i64) -> Option<Self> {
        let plaintext = sealer.open(name.as_bytes(), sealed)?;
        let flow: Self = serde_json::from_slice(&plaintext).ok()?;
        (flow.created_at <= now + 60 && now < flow.created_at + LIFETIME).then_some(flow)
    }

    /// Removals for every flow of this browser.
    pub fn removals(cookies: &Cookies) -> Vec<SetCookie> {
        cookies.starting_with(COOKIE_PREFIX).map(|(name, _)| SetCookie::removal(name)).collect()
    }

    /// How many bytes there are for a flow beside a browser's session.
    pub fn room(cookies: &Cookies) -> usize {
        let others = cookies.starting_with(OUR_PREFIX).filter(|(name, _)| !name.starts_with(COOKIE_PREFIX));
        MOST_BYTES.saturating_sub(others.map(|(name, value)| SetCookie::weight(name, value)).sum())
    }

    /// Removals for the flows that must make room when `coming` are set: what does not open, the oldest beyond [`MOST`],
    /// and the oldest beyond what all cookies together may weigh.
    pub fn evictions(sealer: &Sealer, cookies: &Cookies, now: i64, coming: &[SetCookie]) -> Vec<SetCookie> {
        let stays = |name: &str| coming.iter().all(|cookie| cookie.name() != name);
        let (mut flows, others): (Vec<_>, Vec<_>) = cookies
            .starting_with(OUR_PREFIX)
            .filter(|(name, _)| stays(name))
            .partition(|(name, _)| name.starts_with(COOKIE_PREFIX));
        let mut bytes: usize = others.iter().map(|(name, value)| SetCookie::weight(name, value)).sum();
        bytes += coming.iter().map(SetCookie::bytes).sum::<usize>();
        let mut count = coming.iter().filter(|cookie| cookie.name().starts_with(COOKIE_PREFIX)).count();

        // Browsers name the oldest cookie first (RFC 6265, section 5.4), which tells flows of the same second apart.
        flows.reverse();
        let created_at =
            |(name, sealed): &(&str, &str)| Self::open(sealer, name, sealed, now).map(|flow| flow.created_at);
        flows.sort_by_cached_key(|flow| std::cmp::Reverse(created_at(flow)));
        let mut evicted = Vec::new();
        for (name, sealed) in flows {
            let more = bytes + SetCookie::weight(name, sealed);
            if count == MOST || more > MOST_BYTES || created_at(&(name, sealed)).is_none() {
                evicted.push(SetCookie::removal(name));
            } else {
                (bytes, count) = (more, count + 1);
            }
        }
        evicted
    }
}

fn cookie_name(state: &str) -> String {
    format!("{COOKIE_PREFIX}{}", &state[..8])
}

#[cfg(test)]
mod tests {
    use super::{Flow, LIFETIME, MOST, MOST_BYTES, OfferedOrganization, Pending};
    use crate::{
        clock::Entropy,
        http::{Cookies, SetCookie},
        keyring::Keyring,
        return_path::ReturnPath,
        session::sealed::{Purpose, Sealer},
    };

    const NOW: i64 = 1_790_000_000;

    fn sealer() -> Sealer {
        let ring = Keyring::parse("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("a ring");
        Sealer::new(Purpose::Flow, &ring)
    }

    fn started(at: i64) -> Flow {
        Flow::start(Entropy::default(), at, &ReturnPath::default()).expect("a flow")
    }

    fn jar(set: &[SetCookie]) -> Cookies {
        let pairs: Vec<String> = set.iter().map(|cookie| cookie.header()).collect();
        Cookies::parse(pairs.iter().map(|header| header.split(';').next().expect("a pair")))
    }

    #[test]
    fn a3_a_state_is_found_in_its_own_browser_and_in_time_only() {
        let (mine, other) = (started(NOW), started(NOW));
        let cookies = jar(&[mine.seal(&sealer(), Entropy::default(), NOW).expect("sealed")]);
        let find = |state: &str, now| Flow::find(&sealer(), &cookies, state, now).is_some();
        assert!(find(&mine.state, NOW) && find(&mine.state, NOW + LIFETIME - 1));
        assert!(!find(&mine.state, NOW + LIFETIME), "expired");
        assert!(!find(&other.state, NOW), "foreign");
        assert!(!find("", NOW) && !find("é", NOW) && !find(&mine.state[..8], NOW));
        let same_name = format!("{}{}", &mine.state[..8], &other.state[8..]);
        assert!(!find(&same_name, NOW), "the whole state counts, not the cookie's name");
    }

    #[test]
    fn a_flow_does_not_open_under_another_name() {
        let (mine, other) = (started(NOW), started(NOW));
        let sealed = mine.seal(&sealer(), Entropy::default(), NOW).expect("sealed").header();
        let moved = sealed.replace(&mine.cookie_name(), &other.cookie_name());
        let cookies = Cookies::parse([moved.split(';').next().expect("a pair")]);
        assert!(Flow::all(&sealer(), &cookies, NOW).is_empty());
    }

    #[test]
    fn the_oldest_flow_makes_room_for_a_sixth() {
        let flows: Vec<Flow> = (0..MOST as i64).map(|age| started(NOW - age)).collect();
        let set: Vec<SetCookie> =
            flows.iter().map(|flow| flow.seal(&sealer(), Entropy::default(), NOW).expect("sealed")).collect();
        let sixth = [started(NOW).seal(&sealer(), Entropy::default(), NOW).expect("sealed")];
        let evicted = Flow::evictions(&sealer(), &jar(&set), NOW, &sixth);
        assert_eq!(evicted.len(), 1);
        assert_eq!(evicted[0].name(), flows[MOST - 1].cookie_name());
        assert!(Flow::evictions(&sealer(), &jar(&set[..MOST - 1]), NOW, &sixth).is_empty());
    }

    #[test]
    fn a13_flows_make_room_for_a_large_session_and_for_one_another() {
        let flows: Vec<SetCookie> =
            (0..3).map(|age| started(NOW - age).seal(&sealer(), Entropy::default(), NOW).expect("sealed")).collect();
        let session = |length| [SetCookie::new("__Host-eleva-session", "s".repeat(length), 60)];
        let evicted = |length| Flow::evictions(&sealer(), &jar(&flows), NOW, &session(length)).len();
        let room = |flows: &[SetCookie]| MOST_BYTES - 23 - flows.iter().map(SetCookie::bytes).sum::<usize>();
        assert_eq!(evicted(room(&flows)), 0);
        assert_eq!(evicted(room(&flows) + 1), 1);
        assert_eq!(evicted(MOST_BYTES), 3);
        let largest = jar(&[session(room(&flows[..1]) - 1).as_slice(), &flows[1..]].concat());
        assert_eq!(
            Flow::evictions(&sealer(), &largest, NOW, &flows[..1]).len(),
            2,
            "what is set counts, what stays too"
        );
    }

    #[test]
    fn a_choice_among_very_many_organizations_still_fits() {
        let organizations = (0..400)
            .map(|number| OfferedOrganization { id: format!("org_{number}"), name: "A clinic".to_owned() })
            .collect();
        let flow = Flow { pending: Some(Pending { token: "p".repeat(64), organizations }), ..started(NOW) };
        let cookie = flow.seal(&sealer(), Entropy::default(), NOW).expect("sealed");
        assert!(cookie.header().len() < 2_600);
        let found = Flow::find(&sealer(), &jar(&[cookie]), &flow.state, NOW).expect("found");
        assert!(found.pending.is_some_and(|pending| pending.organizations.len() > 10));
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let mut flow = started(NOW);
        flow.code_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        assert_eq!(flow.code_challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
