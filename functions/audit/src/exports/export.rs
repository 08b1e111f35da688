//! An export, as it is stored and as clients see it.

use eleva::database::Error;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

use super::status::Status;

/// One export. Where its files lie and who works on it stays inside.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Export {
    pub(crate) id: Uuid,
    pub(crate) org_id: Uuid,
    /// requested or scheduled.
    pub(crate) trigger: String,
    /// Who asked for it (WorkOS user id); none where the schedule did.
    pub(crate) workos_user_id: Option<String>,
    /// `start_date`, by the name that whoever asks gives it, as `to` and `format` are.
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// Only these; none stands for all.
    pub(crate) actions: Option<Vec<String>>,
    /// Only these; none stands for all.
    pub(crate) resource_types: Option<Vec<String>>,
    /// csv or jsonl.
    pub(crate) format: String,
    pub(crate) reason: Option<String>,
    pub(crate) status: Status,
    /// Why it failed, or why it is tried again.
    pub(crate) error_code: Option<String>,
    /// The rows so far.
    pub(crate) record_count: Option<i64>,
    pub(crate) left_out_count: Option<i64>,
    pub(crate) file_size: Option<i64>,
    pub(crate) sha256: Option<String>,
    pub(crate) left_out_size: Option<i64>,
    pub(crate) left_out_sha256: Option<String>,
    /// The piece of the chain that it shows something of.
    pub(crate) first_seq: Option<i64>,
    pub(crate) last_seq: Option<i64>,
    /// The end of the chain when it was begun.
    pub(crate) head_seq: Option<i64>,
    pub(crate) head_hash: Option<String>,
    /// How much of the piece is in the store, from 0 to 1; none as long as nobody knows.
    pub(crate) progress: Option<f64>,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    /// When it is tried again, where that is ahead.
    pub(crate) next_attempt_at: Option<Timestamp>,
    /// Whether there is a file of what it leaves out.
    #[serde(skip)]
    pub(crate) has_left_out: bool,
    /// The times on the organization's clocks, for people.
    #[serde(skip)]
    pub(crate) local: LocalTimes,
}

/// Times of an export, as the organization's clocks show them.
#[derive(Clone, Debug)]
pub(crate) struct LocalTimes {
    pub(crate) created: String,
    pub(crate) finished: Option<String>,
    pub(crate) next_attempt: Option<String>,
}

/// What a statement that answers exports selects; [`Export::from_row`] reads it.
macro_rules! export_columns {
    () => {
        "id, org_id, trigger, workos_user_id, start_date, end_date, actions, resource_types, export_format, reason,
           status, error_code, record_count, left_out_count, file_size, encode(sha256, 'hex') as sha256, left_out_size,
           encode(left_out_sha256, 'hex') as left_out_sha256, first_seq, last_seq, next_seq, head_seq,
           encode(head_hash, 'hex') as head_hash, created_at, started_at, finished_at,
           case
             when status in ('queued', 'running') and lease is null and next_attempt_at > now() then next_attempt_at
           end as next_attempt_at,
           left_out_key is not null as has_left_out,
           to_char(
             created_at at time zone (select timezone from organizations where id = (select app.org_id())),
             'FMDD Mon YYYY, HH24:MI'
           ) as created_local,
           to_char(
             finished_at at time zone (select timezone from organizations where id = (select app.org_id())),
             'FMDD Mon YYYY, HH24:MI'
           ) as finished_local,
           to_char(
             next_attempt_at at time zone (select timezone from organizations where id = (select app.org_id())),
             'FMDD Mon YYYY, HH24:MI'
           ) as next_attempt_local"
    };
}
pub(crate) use export_columns;

impl Export {
    /// Reads rows of [`export_columns`].
    pub(crate) fn from_rows(rows: &[Row]) -> Result<Vec<Self>, Error> {
        rows.iter().map(Self::from_row).collect()
    }

    /// Reads one.
    pub(crate) fn from_row(row: &Row) -> Result<Self, Error> {
        let status = Status::parse(row.try_get("status")?).ok_or(Error::Shape("a status of an export"))?;
        let (first_seq, last_seq): (Option<i64>, Option<i64>) = (row.try_get("first_seq")?, row.try_get("last_seq")?);
        Ok(Self {
            id: row.try_get("id")?,
            org_id: row.try_get("org_id")?,
            trigger: row.try_get("trigger")?,
            workos_user_id: row.try_get("workos_user_id")?,
            from: row.try_get("start_date")?,
            to: row.try_get("end_date")?,
            actions: row.try_get("actions")?,
            resource_types: row.try_get("resource_types")?,
            format: row.try_get("export_format")?,
            reason: row.try_get("reason")?,
            status,
            error_code: row.try_get("error_code")?,
            record_count: row.try_get("record_count")?,
            left_out_count: row.try_get("left_out_count")?,
            file_size: row.try_get("file_size")?,
            sha256: row.try_get("sha256")?,
            left_out_size: row.try_get("left_out_size")?,
            left_out_sha256: row.try_get("left_out_sha256")?,
            first_seq,
            last_seq,
            head_seq: row.try_get("head_seq")?,
            head_hash: row.try_get("head_hash")?,
            progress: progress(status, first_seq, last_seq, row.try_get("next_seq")?),
            created_at: row.try_get("created_at")?,
            started_at: row.try_get("started_at")?,
            finished_at: row.try_get("finished_at")?,
            next_attempt_at: row.try_get("next_attempt_at")?,
            has_left_out: row.try_get("has_left_out")?,
            local: LocalTimes {
                created: row.try_get("created_local")?,
                finished: row.try_get("finished_local")?,
                next_attempt: row.try_get("next_attempt_local")?,
            },
        })
    }

    /// How many rows of the piece are in no file, because retention had dropped them; none as long as it is not done.
    pub(crate) fn dropped_count(&self) -> Option<i64> {
        let rows = self.last_seq? - self.first_seq? + 1 - self.record_count? - self.left_out_count?;
        Some(rows).filter(|rows| self.status == Status::Done && *rows > 0)
    }

    /// Its page.
    pub(crate) fn path(&self) -> String {
        format!("/audit/exports/{}", self.id)
    }
}

/// How much of the rows from `first` to `last` is in the store, when `next` is the first one that is not.
fn progress(status: Status, first: Option<i64>, last: Option<i64>, next: Option<i64>) -> Option<f64> {
    if status == Status::Done {
        return Some(1.0);
    }
    let (first, last) = (first?, last?);
    let part = (next? - first) as f64 / (last + 1 - first) as f64;
    Some(part.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::progress;
    use crate::exports::status::Status::{Done, Failed, Queued, Running};

    #[test]
    fn progress_is_the_part_of_the_rows_that_is_in_the_store() {
        assert_eq!(progress(Queued, None, None, None), None);
        assert_eq!(progress(Running, Some(11), None, None), None);
        assert_eq!(progress(Running, Some(11), Some(20), Some(11)), Some(0.0));
        assert_eq!(progress(Running, Some(11), Some(20), Some(16)), Some(0.5));
        assert_eq!(progress(Failed, Some(11), Some(20), Some(16)), Some(0.5), "as far as it came");
        assert_eq!(progress(Running, Some(1), Some(1), Some(2)), Some(1.0));
        assert_eq!(progress(Done, None, None, None), Some(1.0), "of nothing, everything is there");
    }
}
