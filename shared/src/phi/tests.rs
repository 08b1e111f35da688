//! What opens where, and what does not.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use uuid::{Uuid, uuid};

use super::{DataKey, Field, KeyUnavailable, MasterKeys, OVERHEAD, OrganizationKeys, Place, Undecryptable, WrappedKey};
use crate::{
    clock::{Entropy, EntropyError},
    keyring::Keyring,
};

const OLD: &str = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "new:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn master(ring: &str) -> MasterKeys {
    MasterKeys::new(&Keyring::parse(ring).expect("a ring"))
}

/// A key of an organization under the old master key.
fn generated(org_id: Uuid, key_no: i32) -> (DataKey, WrappedKey) {
    master(OLD).generate(Entropy::default(), org_id, key_no).expect("a key")
}

fn content() -> Place<'static> {
    let [org_id, row_id, meeting_id] = [1, 2, 3].map(Uuid::from_u128);
    Place { field: Field::RecordContent, org_id, row_id, meeting_id, author: "user_1", version: 1 }
}

prop_compose! {
    fn any_place()(
        org_id in any::<u128>(),
        row_id in any::<u128>(),
        meeting_id in any::<u128>(),
        version in any::<i32>(),
        field in select(&[Field::RecordContent, Field::RecordMetadata, Field::GuestNotes]),
    ) -> Place<'static> {
        let [org_id, row_id, meeting_id] = [org_id, row_id, meeting_id].map(Uuid::from_u128);
        Place { field, org_id, row_id, meeting_id, author: "user_1", version }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn e1_e8_what_is_sealed_opens_in_its_place_and_nowhere_else(
        place in any_place(),
        other in any_place(),
        what_differs in 1_u8..64,
        plaintext in vec(any::<u8>(), 0..300),
    ) {
        let (key, wrapped) = generated(place.org_id, 1);
        let sealed = key.seal(Entropy::default(), &place, &plaintext).expect("sealed");
        prop_assert_eq!(sealed.len(), plaintext.len() + OVERHEAD);
        let keys = OrganizationKeys::new(&master(OLD), place.org_id, [wrapped]).expect("a known master key");
        prop_assert_eq!(keys.open(&place, &sealed).map(|opened| opened.to_vec()), Ok(plaintext));

        let differs = |bit: u8| what_differs >> bit & 1 == 1;
        let elsewhere = Place {
            field: if differs(0) { other.field } else { place.field },
            org_id: if differs(1) { other.org_id } else { place.org_id },
            row_id: if differs(2) { other.row_id } else { place.row_id },
            meeting_id: if differs(3) { other.meeting_id } else { place.meeting_id },
            author: if differs(4) { "user_2" } else { place.author },
            version: if differs(5) { other.version } else { place.version },
        };
        prop_assert_eq!(keys.open(&elsewhere, &sealed).is_ok(), elsewhere == place);
        // Nor does another organization's key of that number, even where it is what the row says.
        let (_, foreign) = generated(elsewhere.org_id, 1);
        let foreign = OrganizationKeys::new(&master(OLD), elsewhere.org_id, [foreign]).expect("a known master key");
        prop_assert_eq!(foreign.open(&elsewhere, &sealed), Err(Undecryptable::NotAuthentic));
    }

    #[test]
    fn e1_e3_nothing_opens_that_was_changed_or_cut(
        place in any_place(), at in any::<Index>(), bit in 0..8, kept in any::<Index>(), number in 2..i32::MAX,
    ) {
        let (key, wrapped) = generated(place.org_id, 1);
        let keys = OrganizationKeys::new(&master(OLD), place.org_id, [wrapped]).expect("a known master key");
        let sealed = key.seal(Entropy::default(), &place, b"What was said.").expect("sealed");
        let (mut changed, at) = (sealed.clone(), at.index(sealed.len()));
        changed[at] ^= 1_u8 << bit;
        let expected = match at {
            0 => Undecryptable::Malformed,
            1..=4 => Undecryptable::UnknownKey,
            _ => Undecryptable::NotAuthentic,
        };
        prop_assert_eq!(keys.open(&place, &changed), Err(expected));
        let cut = &sealed[..kept.index(sealed.len())];
        let expected = match cut.len() < OVERHEAD {
            true => Undecryptable::Malformed,
            false => Undecryptable::NotAuthentic,
        };
        prop_assert_eq!(keys.open(&place, cut), Err(expected));
        let mut of_another_key = sealed;
        of_another_key[1..5].copy_from_slice(&number.to_be_bytes());
        prop_assert_eq!(keys.open(&place, &of_another_key), Err(Undecryptable::UnknownKey));
    }

    #[test]
    fn e1_e8_a_data_key_unwraps_for_its_organization_and_number_only(
        org_id in any::<u128>(), other in any::<u128>(), at in any::<Index>(), bit in 0..8, kept in any::<Index>(),
    ) {
        let (org_id, other) = (Uuid::from_u128(org_id), Uuid::from_u128(other));
        let (_, wrapped) = generated(org_id, 3);
        prop_assert!(master(OLD).unwrap(org_id, &wrapped).is_ok());
        let refused = Some(KeyUnavailable::NotAuthentic);
        prop_assert_eq!(master(OLD).unwrap(other, &wrapped).err(), refused);
        prop_assert_eq!(master(OLD).unwrap(org_id, &WrappedKey { key_no: 4, ..wrapped.clone() }).err(), refused);
        let mut changed = wrapped.clone();
        let at = at.index(changed.wrapped_key.len());
        changed.wrapped_key[at] ^= 1_u8 << bit;
        prop_assert_eq!(master(OLD).unwrap(org_id, &changed).err(), refused);
        let mut cut = wrapped;
        cut.wrapped_key.truncate(kept.index(cut.wrapped_key.len()));
        prop_assert_eq!(master(OLD).unwrap(org_id, &cut).err(), refused);
    }
}

#[test]
fn the_format_is_what_it_was() {
    // Made with another implementation: master key 00…1f, data key 20…3f, nonces a0… and b0….
    let org_id = uuid!("11111111-2222-3333-4444-555555555555");
    let wrapped_key = [
        hex("01a0a1a2a3a4a5a6a7a8a9aaabc6395e0e61ee24984a4cadf82b57eef1"),
        hex("409d6b23a682745ba4371cbd43964b3e455dc74e604692c5e7ba5eaca36142d1"),
    ];
    let wrapped =
        WrappedKey { key_no: 7, wrapped_key: wrapped_key.concat(), wrapped_by: "k1".to_owned(), is_retired: false };
    let place = Place {
        field: Field::RecordContent,
        org_id,
        row_id: Uuid::from_u128(1),
        meeting_id: Uuid::from_u128(2),
        author: "user_1",
        version: 3,
    };
    let sealed = hex("0100000007b0b1b2b3b4b5b6b7b8b9babb7996e9e6434b2d9825537a4beddc3a2c3fd8c054");
    let ring = master(&OLD.replace("old", "k1"));
    let keys = OrganizationKeys::new(&ring, org_id, [wrapped.clone()]).expect("a known master key");
    assert_eq!(keys.open(&place, &sealed).expect("it opens").as_slice(), "Olá".as_bytes());
    let counting = Entropy::from_fn(|buffer| {
        buffer.iter_mut().zip(0xb0..).for_each(|(byte, number)| *byte = number);
        Ok(())
    });
    let key = ring.unwrap(org_id, &wrapped).expect("it unwraps");
    assert_eq!(key.seal(counting, &place, "Olá".as_bytes()).expect("sealed"), sealed);
}

fn hex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}

#[test]
fn e1_a_change_of_master_keys_leaves_what_is_sealed_as_it_is() {
    let place = content();
    let (key, wrapped) = generated(place.org_id, 1);
    let sealed = key.seal(Entropy::default(), &place, b"before").expect("sealed");
    let both = master(&format!("{NEW},{OLD}"));
    let rewrapped = both.rewrap(Entropy::default(), place.org_id, &wrapped).expect("wrapped anew");
    assert_eq!((rewrapped.wrapped_by.as_str(), rewrapped.key_no), ("new", 1));
    let keys = OrganizationKeys::new(&master(NEW), place.org_id, [rewrapped]).expect("a known master key");
    assert_eq!(keys.open(&place, &sealed).expect("it opens").as_slice(), b"before");
    let outdated = OrganizationKeys::new(&master(NEW), place.org_id, [wrapped.clone()]);
    assert_eq!(outdated.err(), Some(KeyUnavailable::UnknownMaster), "which is not said of what is sealed");
    assert_eq!(master(NEW).unwrap(place.org_id, &wrapped).err(), Some(KeyUnavailable::UnknownMaster));
    // A key of that id which is another one.
    let impostor = OLD.replace("AAEC", "BBEC");
    assert_eq!(master(&impostor).unwrap(place.org_id, &wrapped).err(), Some(KeyUnavailable::NotAuthentic));
}

#[test]
fn the_key_in_force_is_the_last_that_is_not_retired() {
    let org_id = Uuid::from_u128(1);
    let key = |key_no, is_retired| WrappedKey { is_retired, ..generated(org_id, key_no).1 };
    let in_force = |keys: Vec<WrappedKey>| {
        let keys = OrganizationKeys::new(&master(OLD), org_id, keys).expect("a known master key");
        (keys.next_number(), keys.into_current().expect("it unwraps").map(|key| key.number()))
    };
    assert_eq!(in_force(vec![]), (1, None));
    assert_eq!(in_force(vec![key(1, true), key(2, false)]), (3, Some(2)));
    assert_eq!(in_force(vec![key(2, true), key(1, false)]), (3, Some(1)));
    assert_eq!(in_force(vec![key(7, true)]), (8, None));
    let mut broken = key(1, false);
    broken.wrapped_key[20] ^= 1;
    let broken = OrganizationKeys::new(&master(OLD), org_id, [broken]).expect("a known master key");
    assert_eq!(broken.into_current().err(), Some(KeyUnavailable::NotAuthentic), "another one is not made silently");
}

#[test]
fn e1_nothing_is_sealed_without_randomness() {
    let place = content();
    let (key, wrapped) = generated(place.org_id, 1);
    let exhausted = Entropy::from_fn(|_| Err(EntropyError));
    assert!(key.seal(exhausted, &place, b"x").is_err());
    assert!(master(OLD).generate(exhausted, place.org_id, 1).is_err());
    assert_eq!(master(OLD).rewrap(exhausted, place.org_id, &wrapped).err(), Some(EntropyError.into()));
}
