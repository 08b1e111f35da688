//! The same rows by `psql`'s `\copy` through gzip: what there is without us.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::Database;
use crate::{environment::Environment, failure::Failure, programs};

const COLUMNS: &str = "seq, id, org_id, created_at, action, resource_type, outcome, actor_type, workos_user_id, \
                       impersonator, resource_id, old_values, new_values, ip_address, user_agent, request_id, metadata, \
                       salt, hash";

/// A copy that was made.
pub(super) struct Copied {
    pub(super) taken: Duration,
    /// Of the file, in bytes.
    pub(super) size: u64,
}

/// Copies an organization's rows as their owner, whom row-level security does not bind.
pub(super) async fn copy(database: &Database, org_id: Uuid, file: &Path) -> Result<Copied, Failure> {
    for program in ["psql", "gzip"] {
        if programs::find(program).is_none() {
            let install = "apt-get install postgresql-client gzip";
            return Err(Failure::Unmet(format!("{program} is missing, which is measured against: {install}")));
        }
    }
    let copy = format!(
        "\\copy (select {COLUMNS} from audit_logs where org_id = '{org_id}' order by seq) to program 'gzip > {}' with \
         (format csv, header)",
        file.display()
    );
    let mut command = programs::command("psql");
    Environment::remove_inherited(&mut command);
    command.args(["--no-psqlrc", "--quiet", "--command", &copy, &database.owner_url]);
    let started = Instant::now();
    if !programs::succeeds(command).await {
        return Err(Failure::Unmet("psql does not copy the trail".to_owned()));
    }
    let taken = started.elapsed();
    let size = fs::metadata(file).map_err(Failure::io(format!("look at {}", file.display())))?.len();
    Ok(Copied { taken, size })
}
