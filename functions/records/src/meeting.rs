//! The meeting that records are about.

use eleva::{
    database::{Error, Statement},
    http::Problem,
};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

/// A meeting that the caller sees.
pub(crate) struct Meeting {
    pub(crate) id: Uuid,
    pub(crate) org_id: Uuid,
    /// The expert (WorkOS user id), who alone writes records about it.
    pub(crate) workos_user_id: String,
    pub(crate) guest_name: String,
    /// When it begins, on the organization's clocks, for people.
    pub(crate) starts_on: String,
}

const MEETING: &str = "
    select id, org_id, workos_user_id, guest_name,
           to_char(
             start_time at time zone (select timezone from organizations where id = (select app.org_id())),
             'FMDD Mon YYYY, HH24:MI'
           ) as starts_on
    from meetings
    where id = $1";

/// The parameter of [`statement`].
pub(crate) fn parameter(id: &Uuid) -> [(&(dyn ToSql + Sync), Type); 1] {
    [(id, Type::UUID)]
}

/// The statement that finds a meeting; [`Meeting::from_rows`] reads its answer.
pub(crate) fn statement<'a>(parameter: &'a [(&'a (dyn ToSql + Sync), Type); 1]) -> Statement<'a> {
    Statement::new(MEETING, parameter)
}

impl Meeting {
    /// Reads the answer to [`statement`]. Errors: `not_found` where the caller does not see it.
    pub(crate) fn from_rows(id: Uuid, rows: &[Row]) -> Result<Self, Problem> {
        let row = rows.first().ok_or_else(|| Problem::not_visible(id))?;
        Self::from_row(row).map_err(|error| Problem::internal(Error::from(error)))
    }

    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            org_id: row.try_get("org_id")?,
            workos_user_id: row.try_get("workos_user_id")?,
            guest_name: row.try_get("guest_name")?,
            starts_on: row.try_get("starts_on")?,
        })
    }

    /// Whether this person (WorkOS user id) writes records about it, in the organization `org_id`: a guest sees meetings
    /// of other organizations.
    pub(crate) fn is_of(&self, user_id: &str, org_id: Uuid) -> bool {
        self.workos_user_id == user_id && self.org_id == org_id
    }

    /// Where its records are found, relative to the origin.
    pub(crate) fn records_path(&self) -> String {
        format!("/meetings/{}/records", self.id)
    }
}
