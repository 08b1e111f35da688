//! Which piece of the chain an export is about, fixed when it is begun: the rows that were asked for, and at either end
//! the one that shows that there are no others.

use eleva::database::{Error, ExportSession, Statement, Transaction};
use evidence::{
    chain::{self, Hash},
    manifest::{ChainEnd, Covering, Gone},
};
use store::Store;
use tokio_postgres::{Row, types::Type};

use crate::{checkpoints::Checkpoints, dropped, export::Export, failure::Unfinished, resume::Plan};

/// The chain's end, which is committed together with its rows; the newest row before the time asked for and the oldest
/// one after it that were not imported, whose times rise with their places; and the last row of that time. Rows that
/// were imported may be anywhere after the first.
const SPAN: &str = "
    with head as (
      select h.seq, h.hash
        from audit_heads h
       where h.org_id = $1
    )
    select h.seq as head_seq,
           h.hash as head_hash,
           now() as read_at,
           (
             select l.seq
               from audit_logs l
              where l.org_id = $1
                and l.created_at < $2
                and l.seq <= (select head.seq from head)
                and not coalesce(l.metadata ? 'imported_at', false)
              order by l.created_at desc, l.seq desc
              limit 1
           ) as before_seq,
           (select l.seq from audit_logs l where l.org_id = $1 order by l.seq limit 1) as oldest_seq,
           coalesce(
             (
               select l.seq
                 from audit_logs l
                where l.org_id = $1
                  and l.created_at >= $3
                  and l.seq <= (select head.seq from head)
                  and not coalesce(l.metadata ? 'imported_at', false)
                order by l.created_at, l.seq
                limit 1
             ),
             h.seq
           ) as after_seq,
           (
             select max(l.seq)
               from audit_logs l
              where l.org_id = $1
                and l.created_at >= $2
                and l.created_at < $3
                and l.seq <= (select head.seq from head)
           ) as last_inside
      from head h";

/// What a row is linked to, and the hash of another, both of one organization.
const LINKS: &str = "
    select (select l.prev_hash from audit_logs l where l.org_id = $1 and l.seq = $2) as previous_hash,
           (select l.hash from audit_logs l where l.org_id = $1 and l.seq = $3) as last_hash";

/// An export goes on beyond its time for at most so many rows to be covered by a checkpoint.
const LONGEST_WAY_TO_CHECKPOINT: i64 = 100_000;

struct Span {
    chain_end: ChainEnd,
    first_seq: i64,
    /// Whether the first row shows that none before it is of the time asked for: all but imported ones are older.
    begins_before: bool,
    last_seq: i64,
    /// The last row that was asked for, or the first one of all where there is none.
    last_inside: i64,
}

/// Fixes the piece.
pub(crate) async fn make(
    session: &mut ExportSession<'_>,
    store: &Store,
    checkpoints: &mut Checkpoints,
    export: &Export,
) -> Result<Plan, Unfinished> {
    let Span { chain_end, first_seq, begins_before, mut last_seq, last_inside } = span(session, export).await?;
    let checkpoint = checkpoints.covering(store, export.org_id, last_inside, export.to).await?;
    let reachable = last_seq.saturating_add(LONGEST_WAY_TO_CHECKPOINT).min(chain_end.seq);
    let mut checkpoint = checkpoint.filter(|checkpoint| checkpoint.seq <= reachable);
    let without_checkpoint = last_seq;
    if let Some(Covering { seq, .. }) = checkpoint {
        last_seq = last_seq.max(seq);
    }
    let (previous_hash, last_hash) = match links(session, export, first_seq, last_seq).await {
        // The checkpoint ended with a row that was imported, and that retention has dropped since.
        Err(Unfinished::Broken { seq }) if seq == last_seq && last_seq > without_checkpoint => {
            (last_seq, checkpoint) = (without_checkpoint, None);
            links(session, export, first_seq, last_seq).await?
        }
        links => links?,
    };
    let dropped = match begins_before {
        true => None,
        false => dropped_before(session, export, first_seq, previous_hash).await?,
    };
    Ok(Plan { first_seq, last_seq, previous_hash, last_hash, chain_end, checkpoint, dropped })
}

async fn span(session: &mut ExportSession<'_>, export: &Export) -> Result<Span, Unfinished> {
    let parameters = [
        (&export.org_id as _, Type::UUID),
        (&export.from as _, Type::TIMESTAMPTZ),
        (&export.to as _, Type::TIMESTAMPTZ),
    ];
    let row = session
        .organization(export.org_id, async |transaction: &mut Transaction<'_>| {
            transaction.query_optional(Statement::new(SPAN, &parameters)).await
        })
        .await?;
    match row {
        Some(row) => Ok(Span::from_row(&row)?),
        // An organization of which nothing was ever recorded.
        None => Err(Unfinished::Broken { seq: 1 }),
    }
}

impl Span {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let before: Option<i64> = row.try_get("before_seq")?;
        let oldest: Option<i64> = row.try_get("oldest_seq")?;
        let first_seq = before.or(oldest).unwrap_or(1);
        let last_inside: Option<i64> = row.try_get("last_inside")?;
        let after: i64 = row.try_get("after_seq")?;
        Ok(Self {
            chain_end: ChainEnd {
                seq: row.try_get("head_seq")?,
                hash: hash(row.try_get("head_hash")?)?,
                read_at: row.try_get("read_at")?,
            },
            first_seq,
            begins_before: before.is_some(),
            last_seq: last_inside.map_or(after, |last_inside| last_inside.max(after)),
            last_inside: last_inside.unwrap_or(first_seq),
        })
    }
}

async fn links(
    session: &mut ExportSession<'_>,
    export: &Export,
    first_seq: i64,
    last_seq: i64,
) -> Result<(Hash, Hash), Unfinished> {
    let parameters = [(&export.org_id as _, Type::UUID), (&first_seq as _, Type::INT8), (&last_seq as _, Type::INT8)];
    let row = session
        .organization(export.org_id, async |transaction: &mut Transaction<'_>| {
            transaction.query_optional(Statement::new(LINKS, &parameters)).await
        })
        .await?;
    let link = |name, seq| {
        let bytes: Option<&[u8]> = row.as_ref().and_then(|row| row.try_get(name).ok()).flatten();
        bytes.ok_or(Unfinished::Broken { seq }).and_then(|bytes| Ok(hash(bytes)?))
    };
    Ok((link("previous_hash", first_seq)?, link("last_hash", last_seq)?))
}

/// The rows before the first one that there still is. The chain has to say that they were dropped.
async fn dropped_before(
    session: &mut ExportSession<'_>,
    export: &Export,
    first_seq: i64,
    previous_hash: Hash,
) -> Result<Option<Gone>, Unfinished> {
    let (genesis, last_seq) = (chain::genesis(export.org_id), first_seq - 1);
    let linked = match last_seq {
        0 => Some(genesis),
        _ => evidence::dropped::link(&dropped::read(session, export).await?, (1, last_seq), Some(genesis)),
    };
    match linked == Some(previous_hash) {
        true => Ok((last_seq > 0).then_some(Gone { first_seq: 1, last_seq, last_hash: previous_hash })),
        false => Err(Unfinished::Broken { seq: 1 }),
    }
}

fn hash(bytes: &[u8]) -> Result<Hash, Error> {
    bytes.try_into().map_err(|_| Error::Shape("a hash of 32 bytes"))
}
