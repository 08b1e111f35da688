//! A checkpoint: the ends of all organizations' chains at one moment, in a tree (RFC 6962, section 2.1) whose root stands
//! for all of them, tied to the checkpoint before. Whoever holds one sees later whether a chain was cut off or rewritten.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    chain::{Hash, PLACES},
    hex,
    manifest::Software,
};

/// The only format there is.
pub const FORMAT: &str = "eleva-checkpoint-1";

/// What comes before a hash's input, so that no input of one kind is one of another.
const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];
const ORGANIZATION: [u8; 1] = [3];

/// A checkpoint. It is signed ([`crate::signature`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// [`FORMAT`].
    pub format: String,
    /// Its day (UTC); there is one a day.
    pub date: Date,
    /// When the heads were read.
    pub created_at: Timestamp,
    /// The checkpoint before; null in the first one.
    pub previous: Option<Previous>,
    /// [`root`] of the heads.
    #[serde(with = "hex")]
    pub root: Hash,
    /// The chains' ends, in the order of their organizations' hashes, each organization once.
    pub heads: Vec<Head>,
    /// What made the checkpoint.
    pub software: Software,
}

/// The checkpoint before one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Its day.
    pub date: Date,
    /// The SHA-256 of its file.
    #[serde(with = "hex")]
    pub sha256: Hash,
}

/// The end of an organization's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Head {
    /// [`blinded`]: whoever knows the organization's id finds it, and nobody else.
    #[serde(with = "hex")]
    pub organization: Hash,
    /// The place of the last row.
    #[serde(deserialize_with = "place")]
    pub seq: i64,
    /// Its hash.
    #[serde(with = "hex")]
    pub hash: Hash,
}

fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let seq = i64::deserialize(deserializer)?;
    if PLACES.contains(&seq) { Ok(seq) } else { Err(D::Error::custom("no row has that place")) }
}

/// What stands for an organization: a hash of its id, which is random.
pub fn blinded(org_id: Uuid) -> Hash {
    let mut hash = Sha256::new();
    hash.update(ORGANIZATION);
    for field in [FORMAT.as_bytes(), org_id.as_bytes()] {
        hash.update((field.len() as u32).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}

/// The key of a day's checkpoint in the store.
pub fn key(date: Date) -> String {
    format!("checkpoints/{:04}/{:02}/{:02}.json", date.year(), date.month(), date.day())
}

/// The root of the tree over heads, which are to be sorted.
pub fn root(heads: &[Head]) -> Hash {
    match heads {
        [] => Sha256::digest([]).into(),
        [head] => {
            let leaf = Sha256::new().chain_update(LEAF).chain_update(head.organization);
            leaf.chain_update(head.seq.to_be_bytes()).chain_update(head.hash).finalize().into()
        }
        _ => {
            // The largest power of two that is smaller than their number.
            let (left, right) = heads.split_at(1 << (heads.len() - 1).ilog2());
            Sha256::new().chain_update(NODE).chain_update(root(left)).chain_update(root(right)).finalize().into()
        }
    }
}

impl Checkpoint {
    /// The organization's head, if it had rows.
    pub fn head_of(&self, org_id: Uuid) -> Option<&Head> {
        let organization = blinded(org_id);
        let position = self.heads.binary_search_by_key(&organization, |head| head.organization).ok()?;
        Some(&self.heads[position])
    }

    /// Whether the heads are sorted, each organization's once, and the root is theirs.
    pub fn is_consistent(&self) -> bool {
        self.heads.is_sorted_by(|one, other| one.organization < other.organization) && root(&self.heads) == self.root
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use sha2::{Digest, Sha256};
    use uuid::Uuid;

    use super::{Head, blinded, key, root};

    fn head(number: u8) -> Head {
        Head { organization: [number; 32], seq: number.into(), hash: [number; 32] }
    }

    #[test]
    fn a_tree_is_that_of_rfc_6962() {
        let leaf = |head: Head| {
            let mut input = vec![0];
            input.extend(head.organization);
            input.extend(head.seq.to_be_bytes());
            input.extend(head.hash);
            Sha256::digest(input)
        };
        let node = |left: &[u8], right: &[u8]| Sha256::digest([&[1], left, right].concat());
        assert_eq!(root(&[]), <[u8; 32]>::from(Sha256::digest([])));
        let [one, two, three, four, five] = [1, 2, 3, 4, 5].map(|number| leaf(head(number)));
        let four_of_them = node(&node(&one, &two), &node(&three, &four));
        for (count, expected) in [
            (1, one),
            (2, node(&one, &two)),
            (3, node(&node(&one, &two), &three)),
            (4, four_of_them),
            (5, node(&four_of_them, &five)),
        ] {
            let heads: Vec<Head> = (1..=count).map(head).collect();
            assert_eq!(root(&heads), <[u8; 32]>::from(expected), "{count}");
        }
    }

    #[test]
    fn an_organization_is_blinded_and_a_day_has_a_key() {
        assert_ne!(blinded(Uuid::from_u128(1)), blinded(Uuid::from_u128(2)));
        assert_eq!(key(date(2026, 11, 1)), "checkpoints/2026/11/01.json");
    }
}
