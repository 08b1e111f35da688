//! The members of the current organization, as pages name them.

use tokio_postgres::Row;

use crate::{
    database::{Error, Statement},
    identity::display_name,
};

const MEMBERS: &str = "
    select workos_user_id, first_name, last_name, email
    from app.members()
    order by first_name, last_name, email";

/// A member, as a page names them.
#[derive(Clone, Debug)]
pub struct Member {
    /// The WorkOS user id.
    pub id: String,
    /// Their name, or their e-mail address where they gave none.
    pub name: String,
}

/// The statement that a page sends along with its own.
pub fn statement() -> Statement<'static> {
    Statement::new(MEMBERS, &[])
}

/// Reads the answer to [`statement`].
pub fn from_rows(rows: &[Row]) -> Result<Vec<Member>, Error> {
    rows.iter().map(|row| from_row(row).map_err(Error::from)).collect()
}

fn from_row(row: &Row) -> Result<Member, tokio_postgres::Error> {
    let (first_name, last_name): (Option<&str>, Option<&str>) = (row.try_get("first_name")?, row.try_get("last_name")?);
    let email: &str = row.try_get("email")?;
    let name = display_name(first_name, last_name).unwrap_or_else(|| email.to_owned());
    Ok(Member { id: row.try_get("workos_user_id")?, name })
}

/// What to call the expert with this id: what they offered outlasts their membership.
pub fn expert<'a>(members: &'a [Member], id: &str) -> &'a str {
    name(members, id).unwrap_or("Former member")
}

/// The name of the member with this id; none of whoever is no member any more.
pub fn name<'a>(members: &'a [Member], id: &str) -> Option<&'a str> {
    members.iter().find(|member| member.id == id).map(|member| member.name.as_str())
}
