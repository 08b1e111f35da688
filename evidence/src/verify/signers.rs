//! Who signed what was looked at, and whether they are trusted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    TrustedKeys,
    finding::{Finding, Kind},
};
use crate::signature::{self, PublicKey};

/// How many characters of a key's name are told.
const LONGEST_NAME: usize = 64;

/// A key by the name that its documents have for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Signer {
    /// That name, or the beginning of a long one. It is not signed.
    pub key_id: String,
    /// What the key is known by.
    pub fingerprint: String,
}

/// A key that signed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signing {
    /// The key.
    #[serde(flatten)]
    pub signer: Signer,
    /// `manifest` or `checkpoint`.
    pub signs: &'static str,
    /// How many of them it signed.
    pub documents: u64,
    /// Whether it was said to be trusted.
    pub is_trusted: bool,
    /// The first of them.
    #[serde(skip)]
    first: String,
}

/// The keys of all documents.
pub(super) struct Signers<'a> {
    trusted: &'a TrustedKeys,
    keys: BTreeMap<(&'static str, Signer), Signing>,
}

impl<'a> Signers<'a> {
    pub(super) fn new(trusted: &'a TrustedKeys) -> Self {
        Self { trusted, keys: BTreeMap::new() }
    }

    /// Notes who signed a document.
    pub(super) fn saw(&mut self, kind: signature::Kind, signer: &Signer, key: PublicKey, document: &str) {
        let signs = kind.as_str();
        let signer =
            Signer { key_id: super::printable(&signer.key_id).chars().take(LONGEST_NAME).collect(), ..signer.clone() };
        let signing = self.keys.entry((signs, signer.clone())).or_insert_with(|| Signing {
            signer,
            signs,
            documents: 0,
            is_trusted: self.trusted.includes(kind, key),
            first: document.to_owned(),
        });
        signing.documents += 1;
    }

    /// The keys, and what is wrong with those that are not trusted.
    pub(super) fn end(self) -> (Vec<Signing>, Vec<Finding>) {
        let untrusted = |signing: &Signing| {
            let Signing { signer: Signer { fingerprint, .. }, signs, documents, first, .. } = signing;
            let option =
                if *signs == signature::Kind::Manifest.as_str() { "--fingerprint" } else { "--checkpoint-fingerprint" };
            let others = match documents {
                1 => String::new(),
                count => format!(", and {} other {signs}s", count - 1),
            };
            let reason = match self.trusted.is_empty() {
                true => format!(
                    "nobody said which key is to be trusted; it is signed{others} by the one with the fingerprint \
                     {fingerprint}: compare it with what you have in another way, and say {option} {fingerprint}"
                ),
                false => format!("it is signed{others} by the key with the fingerprint {fingerprint}"),
            };
            Finding::new(Kind::UntrustedKey, first, reason)
        };
        let findings = self.keys.values().filter(|signing| !signing.is_trusted).map(untrusted).collect();
        (self.keys.into_values().collect(), findings)
    }
}
