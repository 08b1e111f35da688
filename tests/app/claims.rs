//! Saying who asks, as the functions do it: claims for `app.begin` and their mac.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio_postgres::{Client, Error, types::Type};

use super::world;

/// Claims for `app.begin`, whose every field a test may change.
#[derive(Clone, Debug)]
pub(crate) struct BeginClaims(pub(crate) Value);

/// A transaction that has begun: the client is inside it until somebody commits or rolls back.
pub(crate) struct Begun {
    /// The connection.
    pub(crate) client: Client,
    /// The organization, as `app.begin` answered.
    pub(crate) org_id: uuid::Uuid,
    /// The role, as `app.begin` answered.
    pub(crate) role: String,
}

impl BeginClaims {
    /// A person (WorkOS user id) in an organization (WorkOS id), for five minutes from now.
    pub(crate) fn new(user_id: &str, organization_id: &str) -> Self {
        let exp = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970") + Duration::from_secs(300);
        Self(json!({"sub": user_id, "sid": "session_test", "org_id": organization_id, "exp": exp.as_secs()}))
    }

    /// The claims as text.
    pub(crate) fn text(&self) -> String {
        self.0.to_string()
    }

    /// The mac over the claims, under the first key of the ring that the database knows.
    pub(crate) fn mac(&self) -> Vec<u8> {
        let first = world().secrets.begin_keys.split(',').next().and_then(|key| key.split_once(':'));
        let (_, key) = first.expect("a ring has a first key");
        let key = STANDARD.decode(key).expect("a key is base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length will do");
        mac.update(self.text().as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// Begins a transaction with them.
    pub(crate) async fn begin(&self, client: Client) -> Result<Begun, Error> {
        self.begin_with_mac(client, &self.mac()).await
    }

    /// Begins a transaction with them and a mac of the test's own.
    pub(crate) async fn begin_with_mac(&self, client: Client, mac: &[u8]) -> Result<Begun, Error> {
        client.batch_execute("begin").await?;
        let statement = "select org_id, role from app.begin($1, $2)";
        let rows = client.query_typed(statement, &[(&self.text(), Type::TEXT), (&mac, Type::BYTEA)]).await?;
        let row = rows.first().expect("app.begin answers with a row");
        let (org_id, role) = (row.get("org_id"), row.get("role"));
        Ok(Begun { client, org_id, role })
    }
}
