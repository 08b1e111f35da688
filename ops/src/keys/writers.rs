//! Those who may not know a key yet, or may still write under one that was retired: whoever fetched the keys before.
//!
//! Every transaction holds a lock on its own virtual id from its beginning to its end, before it has an id that a
//! snapshot would show: one that has read a key and not written yet has none.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio::time::sleep;
use tokio_postgres::{Client, Error};

const INTERVAL: Duration = Duration::from_millis(100);

/// Transactions that were open at a moment, with the backends that they run in.
pub(super) struct Writers(BTreeMap<String, i32>);

/// Nobody but these logins writes envelopes.
const OPEN: &str = "
    select l.virtualxid, l.pid
      from pg_locks l
      join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'virtualxid'
       and l.granted
       and l.pid <> pg_backend_pid()
       and a.datname = current_database()
       and a.usename in ('eleva_app', current_user)";

impl Writers {
    /// Those of this moment.
    pub(super) async fn now(client: &Client) -> Result<Self, Error> {
        let mut open = BTreeMap::new();
        for row in client.query(OPEN, &[]).await? {
            open.insert(row.try_get("virtualxid")?, row.try_get("pid")?);
        }
        Ok(Self(open))
    }

    /// Waits until all of them have ended, `patience` at most.
    pub(super) async fn end(&mut self, client: &Client, patience: Duration) -> Result<(), Error> {
        let started = Instant::now();
        loop {
            let Self(open) = Self::now(client).await?;
            self.0.retain(|transaction, _| open.contains_key(transaction));
            if self.0.is_empty() || started.elapsed() >= patience {
                return Ok(());
            }
            sleep(INTERVAL).await;
        }
    }

    /// The backends of those that have not ended.
    pub(super) fn backends(&self) -> impl Iterator<Item = i32> {
        self.0.values().copied()
    }
}
