//! What is old enough to go.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio_postgres::{Client, Error};

use super::{super::AuditError, held};

/// What is older than a moment.
pub(super) struct Old {
    /// The moment: seven years ago or earlier.
    pub(super) cutoff: Timestamp,
    pub(super) partitions: Vec<Partition>,
    /// Partitions that are old enough, and stay for a legal hold.
    pub(super) kept: Vec<Partition>,
    /// How many counts of refusals, but for those of organizations under a legal hold.
    pub(super) refusals: i64,
}

/// A partition of the trail.
pub(super) struct Partition {
    /// Its name, quoted where it has to be, with its schema.
    pub(super) name: String,
    /// All its rows are older.
    end: Timestamp,
}

impl Old {
    pub(super) fn is_empty(&self) -> bool {
        self.partitions.is_empty() && self.refusals == 0
    }

    /// Rows that are older than this are in the partitions, and no others are: partitions do not overlap.
    pub(super) fn end(&self) -> Option<Timestamp> {
        self.partitions.iter().map(|partition| partition.end).max()
    }

    /// The partitions, as a list in SQL.
    pub(super) fn names(&self) -> String {
        self.partitions.iter().map(|partition| partition.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// The server's clock counts, which stamps the rows.
const SEVEN_YEARS_AGO: &str = "select now() - interval '7 years'";

const PARTITIONS: &str = "
    select name, upper_bound
      from (
             select format('%I.%I', n.nspname, c.relname) as name,
                    (regexp_match(pg_get_expr(c.relpartbound, c.oid), $$ TO \\('([^']+)'\\)$$))[1]::timestamptz
                      as upper_bound
               from pg_inherits i
               join pg_class c on c.oid = i.inhrelid
               join pg_namespace n on n.oid = c.relnamespace
              where i.inhparent = 'public.audit_logs'::regclass
           ) as partitions
     where upper_bound <= $1
     order by upper_bound";

/// Finds what is older than seven years, or than a day before that.
pub(super) async fn find(client: &Client, before: Option<Date>) -> Result<Old, AuditError> {
    let seven_years_ago: Timestamp = client.query_one(SEVEN_YEARS_AGO, &[]).await?.try_get(0)?;
    let cutoff = match before {
        None => seven_years_ago,
        Some(day) => {
            let moment = day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
            moment.ok().filter(|moment| *moment <= seven_years_ago).ok_or(AuditError::TooYoung(day))?
        }
    };
    let mut partitions = read(client, cutoff).await?;
    // What went before is one run of a chain: it ends where the first row stands that stays.
    let held_from = held::oldest_row(client).await?;
    let going = partitions.iter().take_while(|partition| held_from.is_none_or(|from| partition.end <= from)).count();
    let kept = partitions.split_off(going);
    let refusals = client.query_one(REFUSALS, &[&cutoff]).await?.try_get(0)?;
    Ok(Old { cutoff, partitions, kept, refusals })
}

const REFUSALS: &str = "
    select count(*)
      from audit_refusals r
     where r.minute < $1
       and not exists (select from legal_holds h where h.org_id = r.org_id)";

async fn read(client: &Client, cutoff: Timestamp) -> Result<Vec<Partition>, Error> {
    let mut partitions = Vec::new();
    for row in client.query(PARTITIONS, &[&cutoff]).await? {
        partitions.push(Partition { name: row.try_get("name")?, end: row.try_get("upper_bound")? });
    }
    Ok(partitions)
}
