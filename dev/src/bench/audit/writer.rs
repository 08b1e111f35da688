//! Somebody who changes something and writes a row about it, or none.

use tokio_postgres::{
    Client, Error,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    bench::people::{Claims, Person},
    failure::Failure,
    postgres,
};

/// A table as the trail is, but without partitions, policies and a chain.
pub(super) const PLAIN: &str = "
    create table audit_plain (like audit_logs including constraints);
    alter table audit_plain alter seq add generated always as identity;
    alter table audit_plain alter created_at set default clock_timestamp();
    alter table audit_plain alter id set default gen_random_uuid();
    alter table audit_plain add primary key (org_id, created_at, seq);
    grant insert on audit_plain to authenticated";

const UPDATE: &str = "update events set duration_in_minutes = 1 + duration_in_minutes % 700 where id = $1";

const INSERT: &str = "
    insert into audit_plain (org_id, workos_user_id, actor_type, action, resource_type, resource_id, outcome, old_values,
                             new_values, ip_address, user_agent, request_id, salt, prev_hash, hash)
    values ($6, $7, 'user', 'EVENT_UPDATED', 'event', $1, 'success', $2::text::jsonb, $3::text::jsonb,
            '203.0.113.9', $4, $5, decode(repeat('00', 16), 'hex'), sha256('\\x00'), sha256('\\x01'))";

/// The last two parameters are for the other table: here the database knows who asks.
const APPEND: &str = "
    select app.audit_append('EVENT_UPDATED', 'event', $1, 'success', $2::text::jsonb, $3::text::jsonb, null,
                            '203.0.113.9', $4, $5)
     where $6::uuid is not null and $7::text is not null";

const OLD: &str = r#"{"duration_in_minutes": 50}"#;
const NEW: &str = r#"{"duration_in_minutes": 51}"#;
const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

/// What a transaction writes beside its own change.
#[derive(Clone, Copy, Debug)]
pub(super) enum Row {
    None,
    Plain,
    Chained,
}

impl Row {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::None, Self::Plain, Self::Chained];

    fn sql(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Plain => Some(INSERT),
            Self::Chained => Some(APPEND),
        }
    }
}

/// Somebody with a connection.
pub(super) struct Writer {
    client: Client,
    claims: Claims,
    org_id: Uuid,
    user_id: String,
    event: Uuid,
}

impl Writer {
    /// A person who changes the event with this number.
    pub(super) async fn connect(app_url: &str, person: &Person, event: usize, keys: &str) -> Result<Self, Failure> {
        Ok(Self {
            client: postgres::connect(app_url).await?,
            claims: person.claims(keys)?,
            org_id: person.org_id,
            user_id: person.user_id.clone(),
            event: person.events[event],
        })
    }

    /// One transaction, in two flights as the functions send them: the change, then the row with COMMIT.
    pub(super) async fn write(&self, row: Row) -> Result<(), Error> {
        let client = &self.client;
        let change: [(&(dyn ToSql + Sync), Type); 1] = [(&self.event, Type::UUID)];
        let (begun, opened, changed) =
            tokio::join!(client.batch_execute("begin"), self.claims.begin(client), client.query_typed(UPDATE, &change));
        begun.and(opened)?;
        changed?;
        let Some(sql) = row.sql() else { return client.batch_execute("commit").await };
        let (resource_id, request_id) = (self.event.to_string(), Uuid::new_v4().to_string());
        let parameters: [(&(dyn ToSql + Sync), Type); 7] = [
            (&resource_id, Type::TEXT),
            (&OLD, Type::TEXT),
            (&NEW, Type::TEXT),
            (&USER_AGENT, Type::TEXT),
            (&request_id, Type::TEXT),
            (&self.org_id, Type::UUID),
            (&self.user_id, Type::TEXT),
        ];
        let (written, committed) = tokio::join!(client.query_typed(sql, &parameters), client.batch_execute("commit"));
        written?;
        committed
    }
}
