//! Hardening A1: whatever is done to a cookie, it never becomes another identity, and any changed byte signs out.

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{
    cookie::{COOKIE_NAME, Opened, SessionCookie},
    flow::Flow,
    sealed::{Purpose, Sealer},
};
use crate::{
    clock::Entropy,
    http::{Cookies, SetCookie},
    keyring::Keyring,
    return_path::ReturnPath,
};

const NOW: i64 = 1_790_000_000;
const RING: &str = "k2:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn sealer(purpose: Purpose) -> Sealer {
    Sealer::new(purpose, &Keyring::parse(RING).expect("a ring"))
}

/// One thing that somebody does to the value of a cookie.
#[derive(Clone, Debug)]
enum Edit {
    Replace(Index, u8),
    Remove(Index),
    Insert(Index, u8),
    Truncate(Index),
    Swap(Index, Index),
    Repeat,
    /// Continues with the rest of another person's cookie.
    Splice(Index),
}

/// Bytes that a cookie's value may hold, so that an edit gets past the parser.
fn cookie_byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        6 => prop::sample::select(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.".to_vec()),
        1 => (0x21_u8..0x7f).prop_filter("separators end the value", |byte| !b";,\"\\ ".contains(byte)),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (any::<Index>(), cookie_byte()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        1 => any::<Index>().prop_map(Edit::Remove),
        1 => (any::<Index>(), cookie_byte()).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        1 => any::<Index>().prop_map(Edit::Truncate),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(one, other)| Edit::Swap(one, other)),
        1 => Just(Edit::Repeat),
        1 => any::<Index>().prop_map(Edit::Splice),
    ]
}

fn apply(edits: &[Edit], value: &str, other: &str) -> String {
    let mut bytes = value.as_bytes().to_vec();
    for edit in edits {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match edit {
            Edit::Replace(at, byte) => bytes[at.index(length)] = *byte,
            Edit::Remove(at) => drop(bytes.remove(at.index(length))),
            Edit::Insert(at, byte) => bytes.insert(at.index(length), *byte),
            Edit::Truncate(at) => bytes.truncate(at.index(length)),
            Edit::Swap(one, another) => bytes.swap(one.index(length), another.index(length)),
            Edit::Repeat => bytes.extend_from_within(..),
            Edit::Splice(at) => {
                let at = at.index(length);
                bytes.truncate(at);
                bytes.extend_from_slice(&other.as_bytes()[at.min(other.len())..]);
            }
        }
    }
    String::from_utf8(bytes).expect("only ASCII was put in")
}

fn value(cookie: &SetCookie) -> String {
    let header = cookie.header();
    header.split([';', '=']).nth(1).expect("a value").to_owned()
}

fn session_of(person: &str, token_length: usize) -> [String; 2] {
    let session = SessionCookie {
        access_token: format!("{person}{}", "t".repeat(token_length)),
        refresh_token: person.to_owned(),
        started_at: NOW,
        seen_at: NOW,
    };
    session.seal(&sealer(Purpose::Session), Entropy::default(), 60).expect("sealed").each_ref().map(value)
}

fn opened(pairs: &[String]) -> Option<String> {
    let cookies = Cookies::parse(pairs.iter().map(String::as_str));
    match SessionCookie::open(&sealer(Purpose::Session), &cookies) {
        Opened::Session(session) => Some(session.refresh_token),
        Opened::Nothing | Opened::Broken => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a1_a_changed_session_cookie_signs_out(edits in vec(edit(), 1..4)) {
        let ([mine, _], [other, _]) = (session_of("mine", 300), session_of("other", 300));
        let edited = apply(&edits, &mine, &other);
        let found = opened(&[format!("{COOKIE_NAME}={edited}")]);
        let expected = match edited {
            _ if edited == mine => Some("mine".to_owned()),
            // A splice at the very start is the other person's own cookie, whole.
            _ if edited == other => Some("other".to_owned()),
            _ => None,
        };
        prop_assert_eq!(found, expected);
    }


    #[test]
    fn a1_a_changed_flow_cookie_is_no_flow(edits in vec(edit(), 1..4)) {
        let flows = [0, 1].map(|_| Flow::start(Entropy::default(), NOW, &ReturnPath::default()).expect("a flow"));
        let sealer = sealer(Purpose::Flow);
        let [mine, other] =
            flows.each_ref().map(|flow| value(&flow.seal(&sealer, Entropy::default(), NOW).expect("sealed")));
        let edited = apply(&edits, &mine, &other);
        let header = format!("{}={edited}", flows[0].cookie_name());
        let found = Flow::find(&sealer, &Cookies::parse([header.as_str()]), &flows[0].state, NOW);
        prop_assert_eq!(found.is_some(), edited == mine);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a1_a_changed_part_of_a_large_session_signs_out(edits in vec(edit(), 1..3), second: bool) {
        let (mine, other) = (session_of("mine", 4_000), session_of("other", 4_000));
        let part = usize::from(second);
        let mut edited = mine.clone();
        edited[part] = apply(&edits, &mine[part], &other[part]);
        let found = opened(&[format!("{COOKIE_NAME}={}", edited[0]), format!("{COOKIE_NAME}.1={}", edited[1])]);
        prop_assert_eq!(found.is_some(), edited == mine);
    }
}
