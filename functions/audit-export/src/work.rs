//! Making one export: rows by the piece, parts into the store, and after each part a note of how far it got.

use std::{
    ops::ControlFlow,
    pin::pin,
    time::{Duration, Instant},
};

use eleva::{
    Invocation,
    database::{Error, ExportSession, Statement, Transaction},
};
use evidence::{manifest::Role, signature::Signer};
use store::Store;
use tokio::time::timeout;
use tokio_postgres::types::Type;

use crate::{
    dropped,
    export::Export,
    failure::Unfinished,
    finish,
    follower::Follower,
    output::Output,
    queue,
    resume::{Position, Resume},
    rows::{ChainRow, PIECE, SINGLE},
};

/// No piece is begun with less time than this.
const LEAST_TIME: Duration = Duration::from_secs(20);
/// What is put aside for saying so when the time is up.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// How much of the trail is read at a time, in bytes, more or less.
const PIECE_SIZE: usize = 4 << 20;
/// The least and the most rows that are: rows are of 192 KiB at most, and what was asked for is sent to the end.
const PIECE_ROWS: (i64, i64) = (64, 5000);
/// How long nothing is said of who is at it.
const QUIET: Duration = Duration::from_secs(60);

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
    signer: &Signer,
    invocation: &Invocation,
    export: &Export,
    resume: &mut Resume,
) -> Result<(), Unfinished> {
    let run = resume.run;
    let mut output = |role| Output::new(role, export, run, resume.progress(role));
    let mut outputs = [output(Role::Rows)?, output(Role::LeftOut)?];
    for output in &mut outputs {
        restore(session, export, output).await?;
    }
    // Where a file has more in no part than is remembered, it is read again from before where the chain was left.
    let next_seq = resume.next_seq();
    let hash = (resume.position.next_seq == next_seq).then_some(resume.position.hash);
    let mut position = Follower::new(next_seq, hash, resume.dropped.clone());
    let mut limit = 1000;
    let mut said = Instant::now();
    while position.next_seq <= resume.plan.last_seq {
        if invocation.time_left().is_some_and(|left| left < LEAST_TIME) {
            return Err(Unfinished::OutOfTime);
        }
        let piece = match read(session, export, (resume.plan.last_seq, limit), &mut position, &mut outputs).await {
            Err(broken @ Unfinished::Broken { .. }) => match position.learn(dropped::read(session, export).await?) {
                true => continue,
                false => return Err(broken),
            },
            read => read?,
        };
        limit = next_limit(&piece, limit);
        if save(session, store, invocation, export, resume, &mut outputs, &position).await? || said.elapsed() > QUIET {
            queue::renew(session, export).await?;
            said = Instant::now();
        }
    }
    if position.hash.is_some_and(|hash| hash != resume.plan.last_hash) {
        return Err(Unfinished::Broken { seq: resume.plan.last_seq });
    }
    for output in &mut outputs {
        output.end()?;
    }
    save(session, store, invocation, export, resume, &mut outputs, &position).await?;
    let [rows, left_out] = outputs;
    let rows = hold(session, invocation, export, rows.finish(store)).await?;
    let left_out = hold(session, invocation, export, left_out.finish(store)).await?;
    finish::publish(session, store, signer, export, resume, [rows, left_out]).await
}

/// Has the store do something that may take its time, and says meanwhile that somebody is at it. When the time is up,
/// the store may still do it; whoever goes on has it done again.
async fn hold<T>(
    session: &mut ExportSession<'_>,
    invocation: &Invocation,
    export: &Export,
    doing: impl Future<Output = Result<T, Unfinished>>,
) -> Result<T, Unfinished> {
    let mut doing = pin!(doing);
    loop {
        queue::renew(session, export).await?;
        let left = invocation.time_left().map(|left| left.saturating_sub(LAST_WORDS));
        match timeout(left.unwrap_or(QUIET).min(QUIET), &mut doing).await {
            Ok(done) => return done,
            Err(_) if left.is_some_and(|left| left <= QUIET) => return Err(Unfinished::OutOfTime),
            Err(_) => {}
        }
    }
}

/// Uploads the parts that are complete, and notes that; answers whether there were any.
async fn save(
    session: &mut ExportSession<'_>,
    store: &Store,
    invocation: &Invocation,
    export: &Export,
    resume: &mut Resume,
    outputs: &mut [Output; 2],
    position: &Follower,
) -> Result<bool, Unfinished> {
    let mut has_saved = false;
    resume.dropped.clone_from(&position.gone);
    for uploading in 0..outputs.len() {
        if !outputs[uploading].has_part() {
            continue;
        }
        hold(session, invocation, export, outputs[uploading].upload(store)).await?;
        for output in outputs.iter_mut() {
            output.note();
            resume.progress(output.role).clone_from(output.progress());
        }
        if let Some(hash) = position.hash {
            resume.position = Position { next_seq: position.next_seq, hash };
        }
        queue::save(session, export, resume).await?;
        has_saved = true;
    }
    Ok(has_saved)
}

/// Writes anew what a file had in no part yet when it was left.
async fn restore(session: &mut ExportSession<'_>, export: &Export, output: &mut Output) -> Result<(), Unfinished> {
    let pending = output.progress().pending.clone();
    if pending.is_empty() {
        return Ok(());
    }
    let parameters = [(&export.org_id as _, Type::UUID), (&pending as _, Type::INT8_ARRAY)];
    let rows = session
        .organization(export.org_id, async |transaction: &mut Transaction<'_>| {
            transaction.query(Statement::new(SINGLE, &parameters)).await
        })
        .await?;
    if rows.len() != pending.len() {
        // They were dropped meanwhile. Of a chain that is broken, the next run finds out.
        return Err(Unfinished::Outdated);
    }
    rows.iter().try_for_each(|row| output.restore(&ChainRow::from_row(row).map_err(Error::from)?))
}

/// Reads a piece, or as much of it as completes a part.
async fn read(
    session: &mut ExportSession<'_>,
    export: &Export,
    (last_seq, limit): (i64, i64),
    position: &mut Follower,
    outputs: &mut [Output; 2],
) -> Result<Piece, Unfinished> {
    let first_seq = position.next_seq;
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
    match piece.rows {
        0 => Err(position.without_rows()),
        _ => Ok(piece),
    }
}

/// How many rows are asked for next, going by the size of those that came; never many more than before.
fn next_limit(piece: &Piece, limit: i64) -> i64 {
    let rows = usize::try_from(piece.rows).unwrap_or(1).max(1);
    let fitting = PIECE_SIZE / (piece.size / rows).max(1);
    i64::try_from(fitting).unwrap_or(1).min(2 * limit).clamp(PIECE_ROWS.0, PIECE_ROWS.1)
}

/// One row: it follows the one before, and goes into one of the files.
fn take(
    row: &tokio_postgres::Row,
    export: &Export,
    position: &mut Follower,
    outputs: &mut [Output; 2],
    piece: &mut Piece,
) -> Result<(), Unfinished> {
    let row = ChainRow::from_row(row).map_err(Error::from)?;
    let header = &row.header;
    position.step(&row)?;
    piece.rows += 1;
    piece.size += row.size();
    let is_asked_for = export.asks_for(header.created_at, header.action, header.resource_type);
    outputs.iter_mut().try_for_each(|output| output.pass(&row, is_asked_for))
}
