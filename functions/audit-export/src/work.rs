//! Making one export: rows by the piece, parts into the store, and after each part a note of how far it got.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use eleva::{
    Invocation,
    database::{ExportSession, Statement, Transaction},
};
use evidence::{chain::Hash, manifest::Role};
use store::Store;
use tokio_postgres::types::Type;

use crate::{
    export::Export,
    failure::Unfinished,
    finish,
    output::Output,
    queue,
    resume::Resume,
    rows::{ChainRow, PIECE},
};

/// Nothing is begun with less time than this: a piece, a part and its note take no longer.
pub(crate) const LEAST_TIME: Duration = Duration::from_secs(20);
/// How much of the trail is read at a time, in bytes, more or less.
const PIECE_SIZE: usize = 16 << 20;
/// The least and the most rows that are.
const PIECE_ROWS: (i64, i64) = (64, 20_000);
/// How long nothing is said of who is at it.
const QUIET: Duration = Duration::from_secs(60);

/// Where the chain has been followed to.
struct Position {
    next_seq: i64,
    /// The hash of the row before; unknown where an earlier worker left off.
    hash: Option<Hash>,
    /// So many rows are read at a time.
    rows: i64,
}

/// What came of a piece.
#[derive(Default)]
struct Piece {
    rows: i64,
    size: usize,
}

/// Makes the files from where they were left, the manifest, and marks the export as done.
pub(crate) async fn make(
    session: &mut ExportSession<'_>,
    store: &Store,
    signer: &evidence::signature::Signer,
    invocation: &Invocation,
    export: &Export,
    resume: &mut Resume,
) -> Result<(), Unfinished> {
    let run = resume.run;
    let mut output = |role| Output::new(role, export, run, resume.progress(role));
    let mut outputs = [output(Role::Rows)?, output(Role::LeftOut)?];
    let mut position = Position { next_seq: resume.next_seq(), hash: None, rows: 1000 };
    if position.next_seq == resume.plan.first_seq {
        position.hash = Some(resume.plan.previous_hash);
    }
    let mut said = Instant::now();
    while position.next_seq <= resume.plan.last_seq {
        if invocation.time_left().is_some_and(|left| left < LEAST_TIME) {
            return Err(Unfinished::OutOfTime);
        }
        read(session, export, resume.plan.last_seq, &mut position, &mut outputs).await?;
        for output in &mut outputs {
            if output.has_part() {
                output.upload(store).await?;
                resume.progress(output.role).clone_from(output.progress());
                queue::save(session, export, resume).await?;
                said = Instant::now();
            }
        }
        if said.elapsed() > QUIET {
            queue::renew(session, export).await?;
            said = Instant::now();
        }
    }
    if position.hash.is_some_and(|hash| hash != resume.plan.last_hash) {
        return Err(Unfinished::Broken { seq: resume.plan.last_seq });
    }
    let [rows, left_out] = outputs;
    let finished = [rows.finish(store).await?, left_out.finish(store).await?];
    finish::publish(session, store, signer, export, resume, finished).await
}

/// Reads a piece, or as much of it as completes a part.
async fn read(
    session: &mut ExportSession<'_>,
    export: &Export,
    last_seq: i64,
    position: &mut Position,
    outputs: &mut [Output; 2],
) -> Result<(), Unfinished> {
    let (first_seq, limit) = (position.next_seq, position.rows);
    let parameters = [
        (&export.org_id as _, Type::UUID),
        (&first_seq as _, Type::INT8),
        (&last_seq as _, Type::INT8),
        (&limit as _, Type::INT8),
    ];
    let mut piece = Piece::default();
    session
        .organization(export.org_id, async |transaction: &mut Transaction<'_>| {
            let mut outcome = Ok(());
            let look = |row: &tokio_postgres::Row| {
                outcome = take(row, export, position, outputs, &mut piece);
                match outcome.is_err() || outputs.iter().any(Output::has_part) {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            };
            transaction.stream(Statement::new(PIECE, &parameters), look).await?;
            outcome
        })
        .await?;
    if piece.rows == 0 {
        return Err(Unfinished::Broken { seq: first_seq });
    }
    let of_a_row = piece.size / usize::try_from(piece.rows).unwrap_or(1).max(1);
    position.rows = i64::try_from(PIECE_SIZE / of_a_row.max(1)).unwrap_or(1).clamp(PIECE_ROWS.0, PIECE_ROWS.1);
    Ok(())
}

/// One row: it follows the one before, and goes into one of the files.
fn take(
    row: &tokio_postgres::Row,
    export: &Export,
    position: &mut Position,
    outputs: &mut [Output; 2],
    piece: &mut Piece,
) -> Result<(), Unfinished> {
    let row = ChainRow::from_row(row).map_err(eleva::database::Error::from)?;
    let header = &row.header;
    if header.seq != position.next_seq || position.hash.is_some_and(|hash| hash != row.prev_hash) {
        return Err(Unfinished::Broken { seq: position.next_seq });
    }
    position.next_seq += 1;
    position.hash = Some(row.hash);
    piece.rows += 1;
    piece.size += row.size();
    let is_asked_for = export.asks_for(header.created_at, header.action, header.resource_type);
    outputs.iter_mut().try_for_each(|output| output.pass(&row, is_asked_for))
}
