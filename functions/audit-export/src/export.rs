//! An export, as the queue has it.

use eleva::database::Error;
use evidence::manifest::Role;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::resume::Resume;

/// An export that this worker holds the lease of.
#[derive(Debug)]
pub(crate) struct Export {
    pub(crate) id: Uuid,
    pub(crate) lease: Uuid,
    pub(crate) org_id: Uuid,
    /// How often it was begun since it last got anywhere, this time included.
    pub(crate) attempt: i32,
    pub(crate) trigger: String,
    pub(crate) requested_by: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) from: Timestamp,
    /// Not included.
    pub(crate) to: Timestamp,
    pub(crate) actions: Option<Vec<String>>,
    pub(crate) resource_types: Option<Vec<String>>,
    pub(crate) format: Format,
    /// How often it was begun from its beginning before.
    pub(crate) run: u32,
    /// How far it got in this run; `None` when it was not begun.
    pub(crate) resume: Option<Resume>,
}

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// JSON Lines.
    Jsonl,
    /// CSV.
    Csv,
}

/// The columns that [`Export::from_row`] reads.
macro_rules! export_columns {
    () => {
        "e.id, e.lease, e.org_id, e.attempt, e.trigger, e.workos_user_id, e.reason, e.start_date, e.end_date, e.actions,
         e.resource_types, e.export_format, e.resume"
    };
}
pub(crate) use export_columns;

impl Export {
    /// Reads a row of [`export_columns`].
    pub(crate) fn from_row(row: &Row) -> Result<Self, Error> {
        let state: Value = row.try_get::<_, Option<Value>>("resume")?.unwrap_or_default();
        let (run, resume) = Resume::read(&state);
        Ok(Self {
            id: row.try_get("id")?,
            lease: row.try_get("lease")?,
            org_id: row.try_get("org_id")?,
            attempt: row.try_get("attempt")?,
            trigger: row.try_get("trigger")?,
            requested_by: row.try_get("workos_user_id")?,
            reason: row.try_get("reason")?,
            from: row.try_get("start_date")?,
            to: row.try_get("end_date")?,
            actions: row.try_get("actions")?,
            resource_types: row.try_get("resource_types")?,
            format: match row.try_get("export_format")? {
                "jsonl" => Format::Jsonl,
                "csv" => Format::Csv,
                _ => return Err(Error::Shape("export_format jsonl or csv")),
            },
            run,
            resume,
        })
    }

    /// Whether a row of that time (microseconds since 1970), action and resource type is one that was asked for.
    pub(crate) fn asks_for(&self, created_at: i64, action: &str, resource_type: &str) -> bool {
        let among = |chosen: &Option<Vec<String>>, name| match chosen {
            Some(chosen) => chosen.iter().any(|one| one == name),
            None => true,
        };
        (self.from.as_microsecond()..self.to.as_microsecond()).contains(&created_at)
            && among(&self.actions, action)
            && among(&self.resource_types, resource_type)
    }

    /// The name under which a file is downloaded.
    pub(crate) fn file_name(&self, role: Role) -> String {
        match (role, self.format) {
            (Role::Rows, Format::Jsonl) => format!("{}.jsonl.gz", self.stem()),
            (Role::Rows, Format::Csv) => format!("{}.csv.gz", self.stem()),
            (Role::LeftOut, _) => format!("{}.left-out.jsonl.gz", self.stem()),
        }
    }

    /// The name under which the manifest is downloaded.
    pub(crate) fn manifest_name(&self) -> String {
        format!("{}.manifest.json", self.stem())
    }

    /// The key of a file in the store. `run`: how often the export was begun from its beginning before; what an earlier
    /// run left in the store, nothing replaces.
    pub(crate) fn key(&self, run: u32, name: &str) -> String {
        match run {
            0 => format!("exports/{}/{}/{name}", self.org_id, self.id),
            run => format!("exports/{}/{}/{run}/{name}", self.org_id, self.id),
        }
    }

    fn stem(&self) -> String {
        let day = |instant: Timestamp| instant.to_zoned(TimeZone::UTC).date();
        let id = self.id.simple().to_string();
        format!("audit-{}-{}-{}", day(self.from), day(self.to), &id[..8])
    }
}

impl Format {
    /// The name in the table and the manifest.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}
