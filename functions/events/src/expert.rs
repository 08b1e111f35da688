//! The experts whose events a page shows: the organization's members.

use eleva::{
    database::{Error, Statement},
    http::Problem,
    identity::display_name,
};
use tokio_postgres::Row;

const MEMBERS: &str = "
    select workos_user_id, first_name, last_name, email
    from app.members()
    order by first_name, last_name, email";

/// A member, as a page names them.
#[derive(Clone, Debug)]
pub(crate) struct Expert {
    /// The WorkOS user id.
    pub(crate) id: String,
    /// Their name, or their e-mail address where they gave none.
    pub(crate) name: String,
}

/// The statement that a page sends along with its own.
pub(crate) fn statement() -> Statement<'static> {
    Statement::new(MEMBERS, &[])
}

/// Reads the answer to [`statement`].
pub(crate) fn from_rows(rows: &[Row]) -> Result<Vec<Expert>, Problem> {
    let experts: Result<Vec<Expert>, tokio_postgres::Error> = rows.iter().map(from_row).collect();
    experts.map_err(|error| Problem::internal(Error::from(error)))
}

fn from_row(row: &Row) -> Result<Expert, tokio_postgres::Error> {
    let (first_name, last_name): (Option<&str>, Option<&str>) = (row.try_get("first_name")?, row.try_get("last_name")?);
    let email: &str = row.try_get("email")?;
    let name = display_name(first_name, last_name).unwrap_or_else(|| email.to_owned());
    Ok(Expert { id: row.try_get("workos_user_id")?, name })
}

/// What to call the expert with this id: events outlast memberships.
pub(crate) fn name<'a>(experts: &'a [Expert], id: &str) -> &'a str {
    experts.iter().find(|expert| expert.id == id).map_or("Former member", |expert| expert.name.as_str())
}
