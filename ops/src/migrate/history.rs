//! What was applied, and how that compares with this build.

use std::fmt;

use jiff::Timestamp;
use refinery::Migration;
use tokio_postgres::Client;

use super::MigrateError;

/// Where refinery keeps its history: outside the application's schemas, for nobody but the owner.
pub(crate) const TABLE: &str = "refinery.refinery_schema_history";

/// One row of the history.
pub(crate) struct Applied {
    version: i32,
    name: String,
    /// When, in RFC 3339.
    on: String,
    checksum: String,
}

/// A migration of this build, of the database, or of both.
pub(crate) struct Compared {
    pub(crate) version: i32,
    /// As the file is called: `V0001__roles`.
    pub(crate) name: String,
    pub(crate) state: State,
}

/// How this build and the database agree on a migration.
pub(crate) enum State {
    /// Applied, as the file says.
    Applied(String),
    /// Not applied yet.
    Pending,
    /// Not applied, although a later one is.
    Skipped,
    /// Applied from a file with another name or text.
    Changed(String),
    /// Applied, but no file of this build.
    Unknown(String),
}

impl State {
    pub(crate) fn is_pending(&self) -> bool {
        matches!(self, Self::Pending)
    }

    pub(crate) fn is_diverged(&self) -> bool {
        matches!(self, Self::Skipped | Self::Changed(_) | Self::Unknown(_))
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied(on) => write!(formatter, "applied  {on}"),
            Self::Pending => write!(formatter, "pending"),
            Self::Skipped => write!(formatter, "SKIPPED  not applied, although a later one is"),
            Self::Changed(on) => write!(formatter, "CHANGED  applied {on} from a file with another name or text"),
            Self::Unknown(on) => write!(formatter, "UNKNOWN  applied {on}, but no file of this build"),
        }
    }
}

/// The history, oldest version first; empty for a database that was never migrated.
pub(crate) async fn read(client: &Client) -> Result<Vec<Applied>, MigrateError> {
    let failed = |source| MigrateError::Statement { doing: "cannot read the history of migrations", source };
    let exists = client.query_one("select to_regclass($1) is not null", &[&TABLE]).await.map_err(failed)?;
    if !exists.get::<_, bool>(0) {
        return Ok(Vec::new());
    }
    let query = format!("select version, name, applied_on, checksum from {TABLE} order by version");
    let rows = client.query(&query, &[]).await.map_err(failed)?;
    rows.iter()
        .map(|row| {
            Ok(Applied {
                version: row.try_get("version")?,
                name: row.try_get("name")?,
                on: row.try_get("applied_on")?,
                checksum: row.try_get("checksum")?,
            })
        })
        .collect::<Result<_, _>>()
        .map_err(failed)
}

/// Sets this build's migrations beside the history, in the order of their versions.
pub(crate) fn compare(known: &[Migration], history: &[Applied]) -> Vec<Compared> {
    let latest = history.last().map(|applied| applied.version);
    let mut compared: Vec<Compared> = known
        .iter()
        .map(|migration| {
            let version = migration.version();
            let state = match history.iter().find(|applied| applied.version == version) {
                Some(applied)
                    if applied.name == migration.name() && applied.checksum == migration.checksum().to_string() =>
                {
                    State::Applied(day_and_time(&applied.on))
                }
                Some(applied) => State::Changed(day_and_time(&applied.on)),
                None if latest.is_some_and(|latest| latest > version) => State::Skipped,
                None => State::Pending,
            };
            Compared { version, name: file_name(version, migration.name()), state }
        })
        .collect();
    let unknown = history.iter().filter(|applied| known.iter().all(|migration| migration.version() != applied.version));
    compared.extend(unknown.map(|applied| Compared {
        version: applied.version,
        name: file_name(applied.version, &applied.name),
        state: State::Unknown(day_and_time(&applied.on)),
    }));
    compared.sort_by_key(|migration| migration.version);
    compared
}

/// The migrations with their states, one a line, in columns.
pub(crate) fn list(migrations: &[Compared]) -> String {
    let width = migrations.iter().map(|migration| migration.name.len()).max().unwrap_or_default();
    let lines = migrations.iter().map(|migration| format!("{:width$}  {}", migration.name, migration.state));
    lines.collect::<Vec<String>>().join("\n")
}

fn file_name(version: i32, name: &str) -> String {
    format!("V{version:04}__{name}")
}

/// To the second; refinery writes nanoseconds.
fn day_and_time(rfc3339: &str) -> String {
    rfc3339.parse::<Timestamp>().map_or_else(|_| rfc3339.to_owned(), |time| format!("{time:.0}"))
}

#[cfg(test)]
mod tests {
    use refinery::Migration;

    use super::{Applied, State, compare};

    fn migration(file_stem: &str) -> Migration {
        Migration::unapplied(file_stem, "select 1").expect("a migration")
    }

    fn applied(migration: &Migration) -> Applied {
        Applied {
            version: migration.version(),
            name: migration.name().to_owned(),
            on: "2026-10-01T08:00:00.123456789Z".to_owned(),
            checksum: migration.checksum().to_string(),
        }
    }

    #[test]
    fn every_disagreement_is_told_apart() {
        let known = ["V0001__roles", "V0002__schemas", "V0003__people", "V0005__events"].map(migration);
        let renamed = Applied { name: "scheme".to_owned(), ..applied(&known[1]) };
        let history = [applied(&known[0]), renamed, applied(&migration("V0004__other"))];
        let states = compare(&known, &history);
        assert_eq!(states[0].state.to_string(), "applied  2026-10-01T08:00:00Z");
        assert!(matches!(states[1].state, State::Changed(_)));
        assert!(matches!(states[2].state, State::Skipped));
        assert!(matches!(states[3].state, State::Unknown(_)));
        assert!(matches!(states[4].state, State::Pending));
        assert_eq!(states[4].name, "V0005__events");
    }

    #[test]
    fn an_edited_file_is_a_change() {
        let edited = Migration::unapplied("V0001__roles", "select 2").expect("a migration");
        let states = compare(&[edited], &[applied(&migration("V0001__roles"))]);
        assert!(states[0].state.is_diverged() && !states[0].state.is_pending());
    }
}
