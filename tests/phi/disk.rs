//! What PostgreSQL has written to its disk, asked of the server itself.

use tokio_postgres::{Client, types::Type};

use crate::app::{TestApp, connect_directly, world};

/// The files of this database and the write-ahead log that hold some bytes. What was written long before stays out: the
/// log of a whole run is long.
const FILES: &str = "
    with since as materialized (
      select now() - interval '10 minutes' as moment
    ),
    files as materialized (
      select 'base/' || d.oid || '/' || name as path, (pg_stat_file('base/' || d.oid || '/' || name, true)).size
        from pg_database d, pg_ls_dir('base/' || d.oid) name
       where d.datname = current_database()
      union all
      select 'pg_wal/' || name, size
        from pg_ls_waldir(), since
       where modification >= moment
    )
    select path
      from files
     where position($1 in pg_read_binary_file(path, 0, size, true)) > 0
     order by path";

/// The superuser's view of a disk.
pub(super) struct Disk(Client);

impl Disk {
    /// The disk as it is after a checkpoint: everything that was committed stands in the tables' files, too.
    pub(super) async fn after_checkpoint(app: &TestApp) -> Self {
        let superuser = connect_directly(&world().superuser_url(app.database())).await;
        superuser.batch_execute("checkpoint").await.expect("a checkpoint");
        Self(superuser)
    }

    /// The files that hold the bytes of a text.
    pub(super) async fn files_with(&self, text: &str) -> Vec<String> {
        let rows = self.0.query_typed(FILES, &[(&text.as_bytes(), Type::BYTEA)]).await.expect("the disk can be read");
        rows.iter().map(|row| row.get(0)).collect()
    }
}
