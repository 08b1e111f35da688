//! The caller's own events, in their order: what may be reordered.

use eleva::{
    database::{Error, Statement},
    http::Problem,
};
use tokio_postgres::Row;
use uuid::Uuid;

const OWN: &str = r#"
    select id
    from events
    where workos_user_id = (select app.user_id())
    order by "order", created_at, id"#;

/// The statement that a page sends along with its own.
pub(crate) fn statement() -> Statement<'static> {
    Statement::new(OWN, &[])
}

/// Reads the answer to [`statement`].
pub(crate) fn ids(rows: &[Row]) -> Result<Vec<Uuid>, Problem> {
    let ids: Result<Vec<Uuid>, _> = rows.iter().map(|row| row.try_get("id")).collect();
    ids.map_err(|error| Problem::internal(Error::from(error)))
}
