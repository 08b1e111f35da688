//! The queue: the rows of `audit_log_exports` that are not done. Who works on one holds its lease, and says so anew
//! while at it; a lease that ran out (`next_attempt_at`) is anybody's. Every statement names the lease, so that who
//! lost it changes nothing.

use eleva::{
    audit::{Action, Entry, Origin, Resource},
    database::{Error, ExportSession, Statement, Transaction},
};
use serde_json::Value;
use tokio_postgres::types::Type;

use crate::{
    export::{Export, export_columns},
    failure::Unfinished,
    resume::Resume,
};

/// An export that was begun so often without getting anywhere is given up.
pub(crate) const MOST_ATTEMPTS: i32 = 8;

/// What somebody asked for comes before what the schedule did; then what was begun, the first one first; then whatever
/// has waited longest. Of several workers at once each gets another. One that fails waits before it is due again, so
/// that it keeps the others from nothing.
const CLAIM: &str = concat!(
    "
    update audit_log_exports e
       set status = 'running',
           lease = gen_random_uuid(),
           next_attempt_at = now() + interval '10 minutes',
           attempt = e.attempt + 1,
           started_at = coalesce(e.started_at, now())
     where e.id = (
             select q.id
               from audit_log_exports q
              where q.status in ('queued', 'running')
                and q.next_attempt_at <= now()
              order by q.trigger, q.started_at nulls last, q.next_attempt_at
              limit 1
                for update skip locked
           )
    returning ",
    export_columns!()
);

/// What the first worker fixed.
const BEGIN: &str = "
    update audit_log_exports
       set resume = $3,
           first_seq = $4,
           last_seq = $5,
           next_seq = $4,
           head_seq = $6,
           head_hash = $7,
           record_count = 0,
           left_out_count = 0,
           next_attempt_at = now() + interval '10 minutes'
     where id = $1
       and lease = $2
    returning id";

/// Getting on makes up for whatever failed before: attempts are counted anew.
const SAVE: &str = "
    update audit_log_exports
       set resume = $3,
           next_seq = $4,
           record_count = $5,
           left_out_count = $6,
           attempt = 1,
           error_code = null,
           next_attempt_at = now() + interval '10 minutes'
     where id = $1
       and lease = $2
    returning id";

const RENEW: &str = "
    update audit_log_exports
       set next_attempt_at = now() + interval '10 minutes'
     where id = $1
       and lease = $2
    returning id";

/// $3: after how many minutes it is to be tried again.
const PUT_BACK: &str = "
    update audit_log_exports
       set status = 'queued',
           lease = null,
           next_attempt_at = now() + make_interval(mins => $3),
           error_code = coalesce($4, error_code),
           resume = coalesce($5, resume)
     where id = $1
       and lease = $2
    returning id";

const GIVE_UP: &str = "
    update audit_log_exports
       set status = 'failed',
           lease = null,
           error_code = $3,
           resume = $4,
           finished_at = now()
     where id = $1
       and lease = $2
    returning id";

/// Takes the next export, if there is one.
pub(crate) async fn claim(session: &mut ExportSession<'_>) -> Result<Option<Export>, Error> {
    session
        .transaction(async |transaction: &mut Transaction<'_>| {
            let row = transaction.query_optional(Statement::new(CLAIM, &[])).await?;
            row.map(|row| Export::from_row(&row)).transpose()
        })
        .await
}

/// Records what an export is about.
pub(crate) async fn begin(session: &mut ExportSession<'_>, export: &Export, resume: &Resume) -> Result<(), Unfinished> {
    let state = state(resume)?;
    let plan = &resume.plan;
    let hash = plan.chain_end.hash.as_slice();
    let parameters = [
        (&export.id as _, Type::UUID),
        (&export.lease as _, Type::UUID),
        (&state as _, Type::JSONB),
        (&plan.first_seq as _, Type::INT8),
        (&plan.last_seq as _, Type::INT8),
        (&plan.chain_end.seq as _, Type::INT8),
        (&hash as _, Type::BYTEA),
    ];
    held(session, Statement::new(BEGIN, &parameters)).await
}

/// Records how far an export got.
pub(crate) async fn save(session: &mut ExportSession<'_>, export: &Export, resume: &Resume) -> Result<(), Unfinished> {
    let state = state(resume)?;
    let next_seq = resume.next_seq();
    let [rows, left_out] = [&resume.rows, &resume.left_out].map(|progress| progress.rows.cast_signed());
    let parameters = [
        (&export.id as _, Type::UUID),
        (&export.lease as _, Type::UUID),
        (&state as _, Type::JSONB),
        (&next_seq as _, Type::INT8),
        (&rows as _, Type::INT8),
        (&left_out as _, Type::INT8),
    ];
    held(session, Statement::new(SAVE, &parameters)).await
}

fn state(resume: &Resume) -> Result<Value, Unfinished> {
    serde_json::to_value(resume).map_err(|_| Unfinished::Defect("a state that is no JSON"))
}

/// Says that somebody is still at it.
pub(crate) async fn renew(session: &mut ExportSession<'_>, export: &Export) -> Result<(), Unfinished> {
    let parameters = [(&export.id as _, Type::UUID), (&export.lease as _, Type::UUID)];
    held(session, Statement::new(RENEW, &parameters)).await
}

/// Puts an export back that was not finished, to be tried again: at once when it got on until the time was up, else
/// after 1, 2, 4, 8, 16, then 32 minutes. `attempt`: which one it was since it last got anywhere, 0 where this one did.
/// `run`: which run this was.
pub(crate) async fn put_back(
    session: &mut ExportSession<'_>,
    export: &Export,
    attempt: i32,
    run: u32,
    why: &Unfinished,
) -> Result<(), Unfinished> {
    let (minutes, code) = match why {
        Unfinished::OutOfTime if attempt == 0 => (0, None),
        why => (1 << (attempt - 1).clamp(0, 5), Some(why.code())),
    };
    let anew = why.starts_over().then(|| Resume::anew(run));
    let parameters = [
        (&export.id as _, Type::UUID),
        (&export.lease as _, Type::UUID),
        (&minutes as _, Type::INT4),
        (&code as _, Type::TEXT),
        (&anew as _, Type::JSONB),
    ];
    held(session, Statement::new(PUT_BACK, &parameters)).await
}

/// Marks an export as failed, and tells the trail. What is in the store stays invisible there: who tries again begins
/// anew, elsewhere.
pub(crate) async fn give_up(
    session: &mut ExportSession<'_>,
    export: &Export,
    run: u32,
    why: &Unfinished,
) -> Result<(), Unfinished> {
    let (code, anew) = (why.code(), Resume::anew(run));
    let parameters = [
        (&export.id as _, Type::UUID),
        (&export.lease as _, Type::UUID),
        (&code as _, Type::TEXT),
        (&anew as _, Type::JSONB),
    ];
    session
        .transaction(async |transaction: &mut Transaction<'_>| {
            is_held(transaction.query_optional(Statement::new(GIVE_UP, &parameters)).await?)?;
            transaction.audit(exported(export).failed().with("code", code));
            Ok(())
        })
        .await
}

/// The beginning of the row that tells the trail what came of an export. Nobody did it but the worker: whoever asked
/// for it is in the row that says so.
pub(crate) fn exported(export: &Export) -> Entry {
    Entry::new(Origin::default(), Action::AuditLogExported, Resource::audit_export(export.id))
        .about(export.org_id, None, None)
        .with("trigger", export.trigger.as_str())
        .with("from", export.from.to_string())
        .with("to", export.to.to_string())
        .with("format", export.format.as_str())
}

/// Fails where the lease is somebody else's by now.
pub(crate) fn is_held<T>(row: Option<T>) -> Result<(), Unfinished> {
    row.map(drop).ok_or(Unfinished::LostLease)
}

async fn held(session: &mut ExportSession<'_>, statement: Statement<'_>) -> Result<(), Unfinished> {
    session
        .transaction(async |transaction: &mut Transaction<'_>| is_held(transaction.query_optional(statement).await?))
        .await
}
