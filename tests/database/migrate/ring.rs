//! `begin_keys` holds the keys of `BEGIN_KEYS`, and no others (hardening B6).

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::Empty;

type Key = [u8; 32];

/// A ring as the setting has it.
fn ring(keys: &[(&str, Key)]) -> String {
    let entries: Vec<String> = keys.iter().map(|(kid, key)| format!("{kid}:{}", STANDARD.encode(key))).collect();
    entries.join(",")
}

/// What the table has, and when each row was written.
async fn held(empty: &Empty) -> (BTreeMap<String, Key>, BTreeMap<String, String>) {
    let statement = "select kid, inner_pad, outer_pad, created_at::text from begin_keys";
    let rows = empty.owner.query(statement, &[]).await.expect("the owner reads the keys");
    let mut keys = BTreeMap::new();
    let mut moments = BTreeMap::new();
    for row in &rows {
        let key =
            |column: &str, byte: u8| row.get::<_, Vec<u8>>(column).iter().map(|own| own ^ byte).collect::<Vec<u8>>();
        let (inner, outer) = (key("inner_pad", 0x36), key("outer_pad", 0x5c));
        assert_eq!((&inner, &inner[32..]), (&outer, [0; 32].as_slice()), "the pads of one key of 32 bytes");
        keys.insert(row.get("kid"), inner[..32].try_into().expect("32 bytes"));
        moments.insert(row.get("kid"), row.get("created_at"));
    }
    (keys, moments)
}

#[tokio::test]
async fn b6_the_table_holds_exactly_the_ring() {
    let empty = Empty::new().await;
    empty.migrate().succeed().await;
    let rotations: [(&[(&str, Key)], &str); 6] = [
        (&[("a", [1; 32])], "begin_keys: added a"),
        (&[("a", [1; 32]), ("b", [2; 32])], "begin_keys: added b"),
        (&[("b", [2; 32]), ("a", [1; 32])], "begin_keys: unchanged"),
        (&[("b", [2; 32])], "begin_keys: removed a"),
        (&[("b", [3; 32])], "begin_keys: replaced b"),
        (&[("c", [4; 32]), ("d", [5; 32])], "begin_keys: removed b, added c, added d"),
    ];
    for (keys, said) in rotations {
        let (_, before) = held(&empty).await;
        let report = empty.migrate().setting("BEGIN_KEYS", &ring(keys)).succeed().await;
        assert!(report.out.contains(said), "{report}");
        let (found, after) = held(&empty).await;
        assert_eq!(found, keys.iter().map(|(kid, key)| ((*kid).to_owned(), *key)).collect(), "{said}");
        if said.ends_with("unchanged") {
            assert_eq!(after, before, "what is in the table already is not written again");
        }
    }

    let (before, _) = held(&empty).await;
    let report = empty.migrate().succeed().await;
    assert!(report.out.contains("begin_keys: left as it is, number of keys: 2 (BEGIN_KEYS is not set)"), "{report}");
    assert_eq!(held(&empty).await.0, before, "without the setting nothing changes");
}

#[tokio::test]
async fn b6_a_ring_that_cannot_be_read_changes_nothing() {
    let empty = Empty::new().await;
    for ring in [
        "secret-without-a-kid",
        "a:too-short-to-be-a-key",
        "a:AAAA,b:AAAA",
        ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ] {
        let report = empty.migrate().setting("BEGIN_KEYS", ring).fail().await;
        assert!(report.err.contains("the setting BEGIN_KEYS is not usable"), "{report}");
    }
    assert!(!empty.has("schema refinery").await, "it is read before anything is changed");
}
