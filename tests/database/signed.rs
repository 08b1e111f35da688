//! Claims of any text with the mac of any key: what the functions would never send, properly signed.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio_postgres::{Client, Error, types::Type};

use super::refusal;
use crate::app::{BeginClaims, world};

/// Claims and a mac.
pub(super) struct Signed {
    pub(super) text: String,
    pub(super) mac: Vec<u8>,
}

impl Signed {
    /// Signs a text with the key of the world's ring, so that nothing but the text is wrong.
    pub(super) fn new(text: impl Into<String>) -> Self {
        let ring = &world().secrets.begin_keys;
        let (_, key) = ring.split_once(':').expect("the ring is kid:base64");
        Self::by(&STANDARD.decode(key).expect("a key is base64"), text)
    }

    /// Signs a text with a key.
    pub(super) fn by(key: &[u8], text: impl Into<String>) -> Self {
        let text = text.into();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
        mac.update(text.as_bytes());
        Self { mac: mac.finalize().into_bytes().to_vec(), text }
    }

    /// The same text with another mac.
    pub(super) fn with_mac(&self, mac: impl Into<Vec<u8>>) -> Self {
        Self { text: self.text.clone(), mac: mac.into() }
    }

    /// Calls `app.begin` in the transaction that the client is in.
    pub(super) async fn call(&self, client: &Client) -> Result<(), Error> {
        let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
            &[(&self.text, Type::TEXT), (&self.mac, Type::BYTEA)];
        client.query_typed("select org_id, role from app.begin($1, $2)", parameters).await.map(drop)
    }

    /// Begins in a transaction that leaves nothing, and says with which SQLSTATE that was refused, if it was.
    pub(super) async fn refusal(&self, client: &Client) -> Option<String> {
        client.batch_execute("begin").await.expect("a transaction");
        let outcome = refusal(self.call(client).await);
        client.batch_execute("rollback").await.expect("its end");
        outcome
    }

    /// The call as text, for a message of several statements.
    pub(super) fn statement(&self) -> String {
        let mac: String = self.mac.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("select from app.begin('{}', '\\x{mac}')", self.text.replace('\'', "''"))
    }
}

impl From<&BeginClaims> for Signed {
    fn from(claims: &BeginClaims) -> Self {
        Self::new(claims.text())
    }
}
