//! `ops migrate`, from an empty database to the schema, and everything that makes it stop before (hardening B18, A17).

mod before;
pub(super) mod cluster;
mod extension;
mod failures;
mod history;
mod lock;
mod ring;
mod runs;
mod settings;

use std::fs;

use tokio_postgres::Client;

use super::operator::Operator;
use crate::app::{Database, connect_directly, world};

/// A database that was never migrated, and its owner.
struct Empty {
    database: Database,
    owner: Client,
}

impl Empty {
    async fn new() -> Self {
        let database = Database::empty().await;
        let owner = connect_directly(&world().owner_url(database.name())).await;
        Self { database, owner }
    }

    fn url(&self) -> String {
        world().owner_url(self.database.name())
    }

    fn migrate(&self) -> Operator {
        Operator::migrate(&self.url())
    }

    fn status(&self) -> Operator {
        Operator::status(&self.url())
    }

    /// The migrations that are noted in the history, as the files are called.
    async fn applied(&self) -> Vec<String> {
        if !self.has("schema refinery").await {
            return Vec::new();
        }
        let history = "
            select 'V' || lpad(version::text, 4, '0') || '__' || name
              from refinery.refinery_schema_history
             order by version";
        let rows = self.owner.query(history, &[]).await.expect("the history");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Whether there is something: `schema app`, `table public.users`, `function app.begin(text, bytea)`.
    async fn has(&self, object: &str) -> bool {
        let (kind, name) = object.split_once(' ').expect("a kind and a name");
        let look_up = match kind {
            "schema" => "select to_regnamespace($1) is not null",
            "table" => "select to_regclass($1) is not null",
            _ => "select to_regprocedure($1) is not null",
        };
        self.owner.query_one(look_up, &[&name]).await.expect("an answer").get(0)
    }
}

/// The names of the migrations' files, in their order.
pub(super) fn files() -> Vec<String> {
    let folder = fs::read_dir(world().repository.join("migrations")).expect("the folder of migrations");
    let names = folder.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let mut names: Vec<String> = names.filter_map(|name| name.strip_suffix(".sql").map(str::to_owned)).collect();
    names.sort();
    names
}
