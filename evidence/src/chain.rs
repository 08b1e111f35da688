//! The chain that an organization's rows form (docs/audit.md): every row's hash covers the row and the hash before it.
//!
//! The database computes the same in `app.audit_hash`; this is for whoever does not want to trust it.

use std::ops::RangeInclusive;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The places that a row can have. No chain is that long, and whoever computes with one stays far from where numbers end.
pub const PLACES: RangeInclusive<i64> = 1..=1 << 62;

/// The format's name, the first field of what is hashed.
const FORMAT: &[u8] = b"eleva-audit-1";
/// Its name in the header of an imported row.
const FORMAT_IMPORTED: &[u8] = b"eleva-audit-1-imported";

/// What comes before a hash's input, so that no input of one kind is one of another.
const ROW: [u8; 1] = [0];
const LINK: [u8; 1] = [1];
const GENESIS: [u8; 1] = [2];

/// What everybody may know of a row: an export shows it of rows whose body it keeps back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The row's id.
    pub id: Uuid,
    /// The organization.
    pub org_id: Uuid,
    /// The place in the organization's chain, from 1.
    pub seq: i64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub created_at: i64,
    /// The action, by the name that the trail has for it.
    pub action: &'a str,
    /// What it was done to.
    pub resource_type: &'a str,
    /// `success` or `failure`.
    pub outcome: &'a str,
    /// Whether the row was imported: then its time is that of what it tells of, and need not be after the row before.
    pub is_imported: bool,
}

/// The rest of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body<'a> {
    /// 16 random bytes, so that nobody guesses a body from its hash.
    pub salt: &'a [u8],
    /// Who acted.
    pub workos_user_id: Option<&'a str>,
    /// `user`, `system` or `operator`.
    pub actor_type: &'a str,
    /// Who acted in somebody else's name.
    pub impersonator: Option<&'a str>,
    /// The resource.
    pub resource_id: Option<&'a str>,
    /// The text of a `jsonb`, as PostgreSQL prints it; so are `new_values` and `metadata`.
    pub old_values: Option<&'a str>,
    /// See `old_values`.
    pub new_values: Option<&'a str>,
    /// The text of an `inet` with its prefix length: `203.0.113.9/32`.
    pub ip_address: Option<&'a str>,
    /// The client's name for itself.
    pub user_agent: Option<&'a str>,
    /// The request that caused the row.
    pub request_id: Option<&'a str>,
    /// See `old_values`.
    pub metadata: Option<&'a str>,
}

/// A SHA-256 over fields, each after its length in bytes (four bytes, big-endian; -1 for null).
struct Fields(Sha256);

impl Fields {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn field(mut self, bytes: &[u8]) -> Self {
        // No column is longer than PostgreSQL's gigabyte.
        self.0.update((bytes.len() as i32).to_be_bytes());
        self.0.update(bytes);
        self
    }

    fn text(self, text: &str) -> Self {
        self.field(text.as_bytes())
    }

    fn optional(mut self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(text),
            None => {
                self.0.update((-1_i32).to_be_bytes());
                self
            }
        }
    }

    fn hash(self) -> Hash {
        self.0.finalize().into()
    }
}

impl Header<'_> {
    /// The hash of a header.
    pub fn hash(&self) -> Hash {
        Fields::new()
            .field(if self.is_imported { FORMAT_IMPORTED } else { FORMAT })
            .field(self.id.as_bytes())
            .field(self.org_id.as_bytes())
            .field(&self.seq.to_be_bytes())
            .field(&self.created_at.to_be_bytes())
            .text(self.action)
            .text(self.resource_type)
            .text(self.outcome)
            .hash()
    }
}

impl Body<'_> {
    /// The hash of a body.
    pub fn hash(&self) -> Hash {
        Fields::new()
            .field(self.salt)
            .optional(self.workos_user_id)
            .text(self.actor_type)
            .optional(self.impersonator)
            .optional(self.resource_id)
            .optional(self.old_values)
            .optional(self.new_values)
            .optional(self.ip_address)
            .optional(self.user_agent)
            .optional(self.request_id)
            .optional(self.metadata)
            .hash()
    }
}

/// What the first row of an organization's chain is linked to.
pub fn genesis(org_id: Uuid) -> Hash {
    let mut fields = Fields(Sha256::new_with_prefix(GENESIS));
    fields = fields.field(FORMAT).field(org_id.as_bytes());
    fields.hash()
}

/// The hash of a row from those of its two parts.
pub fn row_hash(header: &Hash, body: &Hash) -> Hash {
    Sha256::new_with_prefix(ROW).chain_update(header).chain_update(body).finalize().into()
}

/// The hash that links a row to the one before it: what the column `hash` holds.
pub fn link(prev_hash: &[u8], row_hash: &Hash) -> Hash {
    Sha256::new_with_prefix(LINK).chain_update(prev_hash).chain_update(row_hash).finalize().into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Body, Hash, Header, genesis, link, row_hash};

    const BODY: Body<'_> = Body {
        salt: &[7; 16],
        workos_user_id: Some("user_01"),
        actor_type: "user",
        impersonator: None,
        resource_id: None,
        old_values: None,
        new_values: None,
        ip_address: None,
        user_agent: Some(""),
        request_id: None,
        metadata: None,
    };

    /// Written down once, by an implementation in another language: rows that were stored hash so for ever.
    #[test]
    fn the_format_is_what_it_was() {
        let header = Header {
            id: Uuid::from_u128(1),
            org_id: Uuid::from_u128(2),
            seq: 1,
            created_at: 1_790_000_000_000_001,
            action: "EVENT_UPDATED",
            resource_type: "event",
            outcome: "success",
            is_imported: false,
        };
        let body = Body {
            resource_id: Some("0193fa6e-0000-7000-8000-000000000000"),
            old_values: Some(r#"{"price": 6000}"#),
            new_values: Some(r#"{"price": 1}"#),
            ip_address: Some("203.0.113.9/32"),
            metadata: Some(r#"{"fields": ["é"]}"#),
            ..BODY
        };
        let genesis = genesis(header.org_id);
        let of = |header: Header<'_>| hexadecimal(&link(&genesis, &row_hash(&header.hash(), &body.hash())));
        assert_eq!(hexadecimal(&genesis), "d444bb5ceb4a15d7c69d31de3eebb94510933da9aca80583266087fedf5bb4c3");
        assert_eq!(hexadecimal(&body.hash()), "6e8281abdade1ed71ff35a09a1da5112d3285e1d9725f84d56224946a4b5d197");
        assert_eq!(of(header), "1e1aec98a561461c0d8fee4ced17e4c781aad0f298f2202aa4d40968210bdd46");
        let imported = Header { is_imported: true, ..header };
        assert_eq!(of(imported), "fdec16eee8e04d0bd19528e5c071ffd48967dca24076fb5b25d41cdc2e84d549");
    }

    fn hexadecimal(hash: &Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn null_and_empty_and_moved_boundaries_hash_differently() {
        let hashes = [
            BODY,
            Body { user_agent: None, ..BODY },
            Body { user_agent: None, request_id: Some(""), ..BODY },
            Body { workos_user_id: Some("user_0"), actor_type: "1user", ..BODY },
            Body { salt: &[8; 16], ..BODY },
        ]
        .map(|body| body.hash());
        for (position, hash) in hashes.iter().enumerate() {
            assert!(!hashes[position + 1..].contains(hash), "{position}");
        }
    }

    #[test]
    fn every_part_of_a_header_counts() {
        let header = Header {
            is_imported: false,
            id: Uuid::from_u128(1),
            org_id: Uuid::from_u128(2),
            seq: 3,
            created_at: 4,
            action: "A",
            resource_type: "B",
            outcome: "C",
        };
        let others = [
            Header { is_imported: true, ..header },
            Header { id: Uuid::from_u128(9), ..header },
            Header { org_id: Uuid::from_u128(9), ..header },
            Header { seq: 9, ..header },
            Header { created_at: -9, ..header },
            Header { action: "AB", resource_type: "", ..header },
            Header { outcome: "D", ..header },
        ];
        assert!(others.iter().all(|other| other.hash() != header.hash()));
    }

    #[test]
    fn a_chain_begins_with_its_organization_and_each_row_hangs_on_the_one_before() {
        let (one, two) = (genesis(Uuid::from_u128(1)), genesis(Uuid::from_u128(2)));
        assert_ne!(one, two);
        let row = row_hash(&[1; 32], &[2; 32]);
        assert_ne!(row, row_hash(&[2; 32], &[1; 32]));
        assert_ne!(link(&one, &row), link(&two, &row));
    }
}
