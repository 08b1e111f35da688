//! The scope of refusals: `eleva_app`, without an organization, for one statement.

use serde_json::Value;
use tokio::time::timeout;
use tokio_postgres::types::Type;

use super::{begin::SignedClaims, endpoint::Endpoint, error::Error, organization::SCOPE_TIMEOUT};
use crate::audit::Origin;

const RECORD: &str = "select app.audit_refusal($1, $2, $3, $4, $5, $6, $7)";

/// A scope in which somebody's refusal is recorded. They need not be let in for it.
pub(crate) struct RefusalScope<'a> {
    pub(crate) endpoint: Endpoint<'a>,
    pub(crate) claims: SignedClaims,
}

impl RefusalScope<'_> {
    /// Records it, in a transaction of its own.
    pub(crate) async fn record(&self, route: &str, metadata: Value, origin: &Origin) -> Result<(), Error> {
        let SignedClaims { claims, mac } = &self.claims;
        let work = async {
            let connection = self.endpoint.connect().await?;
            let answer = connection
                .client()
                .query_typed(
                    RECORD,
                    &[
                        (claims, Type::TEXT),
                        (mac, Type::BYTEA),
                        (&route, Type::TEXT),
                        (&metadata, Type::JSONB),
                        (&origin.ip_address, Type::INET),
                        (&origin.user_agent, Type::TEXT),
                        (&origin.request_id, Type::TEXT),
                    ],
                )
                .await;
            connection.close().await;
            self.endpoint.note(answer.map(drop).map_err(Error::from))
        };
        timeout(SCOPE_TIMEOUT, work).await.map_err(|_| Error::TimedOut)?
    }
}
