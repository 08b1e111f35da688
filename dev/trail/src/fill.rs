//! A trail of many rows, copied in: a million take seconds.

use std::{
    net::{IpAddr, Ipv4Addr},
    pin::pin,
};

use jiff::Timestamp;
use serde_json::Value;
use tokio_postgres::{
    Client, Error,
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};

use crate::chain::{ACTION, ACTOR_TYPE, ADDRESS, Chain, Entry, METADATA, OUTCOME, RESOURCE_TYPE, USER_AGENT};

/// Who writes: the organizations with a member of each.
const WRITERS: &str = "
    select m.org_id, min(m.workos_user_id)
      from user_org_memberships m
     group by m.org_id
     order by m.org_id";

const COPY: &str = "
    copy audit_logs (org_id, seq, created_at, id, workos_user_id, actor_type, action, resource_type, resource_id, outcome,
                     ip_address, user_agent, request_id, metadata, salt, prev_hash, hash)
    from stdin (format binary)";

const COLUMNS: [Type; 17] = [
    Type::UUID,
    Type::INT8,
    Type::TIMESTAMPTZ,
    Type::UUID,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::INET,
    Type::TEXT,
    Type::TEXT,
    Type::JSONB,
    Type::BYTEA,
    Type::BYTEA,
    Type::BYTEA,
];

const HEAD: &str = "insert into audit_heads (org_id, seq, hash, created_at) values ($1, $2, $3, $4)";

/// Writes so many rows in all, everybody in turn, as if all had worked from `since` until now.
pub(crate) async fn fill(owner: &Client, rows: u32, since: Timestamp) -> Result<(), Error> {
    owner.execute("call app.create_audit_partitions($1, now())", &[&since]).await?;
    let mut chains = Vec::new();
    for row in owner.query(WRITERS, &[]).await? {
        chains.push(Chain::begin(row.try_get(0)?, row.try_get(1)?));
    }
    let metadata: Value = serde_json::from_str(METADATA).unwrap_or_default();
    let address = IpAddr::V4(Ipv4Addr::from(ADDRESS));
    let (first, span) = (since.as_microsecond(), Timestamp::now().duration_since(since).as_micros() as i64);
    let mut writer = pin!(BinaryCopyInWriter::new(owner.copy_in(COPY).await?, &COLUMNS));
    for number in 0..rows {
        let at = number as usize % chains.len();
        let chain = &mut chains[at];
        let microseconds = first + span / i64::from(rows) * i64::from(number);
        let (entry, created_at) = (Entry::new(), Timestamp::from_microsecond(microseconds).unwrap_or(since));
        let prev_hash = chain.append(&entry, created_at);
        let values: [&(dyn ToSql + Sync); 17] = [
            &chain.org_id,
            &chain.seq,
            &created_at,
            &entry.id,
            &chain.user_id,
            &ACTOR_TYPE,
            &ACTION,
            &RESOURCE_TYPE,
            &entry.resource_id,
            &OUTCOME,
            &address,
            &USER_AGENT,
            &entry.request_id,
            &metadata,
            &entry.salt.as_slice(),
            &prev_hash.as_slice(),
            &chain.hash.as_slice(),
        ];
        writer.as_mut().write(&values).await?;
    }
    writer.finish().await?;
    for chain in &chains {
        owner.execute(HEAD, &[&chain.org_id, &chain.seq, &chain.hash.as_slice(), &chain.created_at]).await?;
    }
    Ok(())
}
