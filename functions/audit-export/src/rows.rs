//! Rows of the trail, as the database sends them.

use std::error::Error as StdError;

use evidence::{
    chain::{Body, Hash, Header},
    left_out::LeftOut,
    row::{Row, is_imported},
};
use tokio_postgres::types::{FromSql, Type};

/// A piece of the chain, in its order; a chain has no two rows of one place.
pub(crate) const PIECE: &str = "
    select l.seq, l.id, l.org_id, l.created_at, l.action, l.resource_type, l.outcome, l.salt, l.workos_user_id,
           l.actor_type, l.impersonator, l.resource_id, l.old_values::text, l.new_values::text, l.ip_address::text,
           l.user_agent, l.request_id, l.metadata::text, l.prev_hash, l.hash
      from audit_logs l
     where l.org_id = $1
       and l.seq >= $2
       and l.seq <= $3
     order by l.seq
     limit $4";

/// Single rows of a chain, in its order.
pub(crate) const SINGLE: &str = "
    select l.seq, l.id, l.org_id, l.created_at, l.action, l.resource_type, l.outcome, l.salt, l.workos_user_id,
           l.actor_type, l.impersonator, l.resource_id, l.old_values::text, l.new_values::text, l.ip_address::text,
           l.user_agent, l.request_id, l.metadata::text, l.prev_hash, l.hash
      from audit_logs l
     where l.org_id = $1
       and l.seq = any ($2)
     order by l.seq";

/// A row of [`PIECE`] or [`SINGLE`], borrowed from where it arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChainRow<'a> {
    pub(crate) header: Header<'a>,
    pub(crate) body: Body<'a>,
    pub(crate) prev_hash: Hash,
    pub(crate) hash: Hash,
}

/// Microseconds since 1970-01-01T00:00:00Z, of a timestamptz.
struct Microseconds(i64);

/// From 1970-01-01 to 2000-01-01, where PostgreSQL counts from; microseconds.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

impl<'a> FromSql<'a> for Microseconds {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        let since_2000 = i64::from_sql(&Type::INT8, raw).map_err(|_| format!("{kind} is not of eight bytes"))?;
        Ok(Self(since_2000.saturating_add(POSTGRES_EPOCH)))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::TIMESTAMPTZ
    }
}

impl<'a> ChainRow<'a> {
    /// Reads a row of either.
    pub(crate) fn from_row(row: &'a tokio_postgres::Row) -> Result<Self, tokio_postgres::Error> {
        let hash = |index| row.try_get::<_, &[u8]>(index).map(|bytes| bytes.try_into().unwrap_or_default());
        let metadata: Option<&str> = row.try_get(17)?;
        let Microseconds(created_at) = row.try_get(3)?;
        Ok(Self {
            header: Header {
                id: row.try_get(1)?,
                org_id: row.try_get(2)?,
                seq: row.try_get(0)?,
                created_at,
                action: row.try_get(4)?,
                resource_type: row.try_get(5)?,
                outcome: row.try_get(6)?,
                is_imported: is_imported(metadata),
            },
            body: Body {
                salt: row.try_get(7)?,
                workos_user_id: row.try_get(8)?,
                actor_type: row.try_get(9)?,
                impersonator: row.try_get(10)?,
                resource_id: row.try_get(11)?,
                old_values: row.try_get(12)?,
                new_values: row.try_get(13)?,
                ip_address: row.try_get(14)?,
                user_agent: row.try_get(15)?,
                request_id: row.try_get(16)?,
                metadata,
            },
            prev_hash: hash(18)?,
            hash: hash(19)?,
        })
    }

    /// The whole row.
    pub(crate) fn whole(&self) -> Row<'a> {
        Row { header: self.header, body: self.body, hash: self.hash }
    }

    /// What is shown of the row when it is left out.
    pub(crate) fn left_out(&self) -> LeftOut<'a> {
        LeftOut { header: self.header, body_hash: self.body.hash(), hash: self.hash }
    }

    /// Its length in memory, more or less, in bytes.
    pub(crate) fn size(&self) -> usize {
        let texts = [
            self.body.old_values,
            self.body.new_values,
            self.body.metadata,
            self.body.user_agent,
            self.body.resource_id,
        ];
        500 + texts.into_iter().flatten().map(str::len).sum::<usize>()
    }
}
