//! An event as it is stored and as clients see it.

use eleva::{database::Error, http::Problem};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

/// One bookable service of an expert. The Stripe columns stay inside: no client needs them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Event {
    pub(crate) id: Uuid,
    pub(crate) org_id: Uuid,
    /// The expert.
    pub(crate) workos_user_id: String,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) description: Option<String>,
    pub(crate) duration_in_minutes: i32,
    /// In minor units of `currency`.
    pub(crate) price: i32,
    /// ISO 4217, in lower case.
    pub(crate) currency: String,
    pub(crate) is_active: bool,
    pub(crate) order: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What every statement that answers events selects or returns; [`Event::from_row`] reads it.
macro_rules! event_columns {
    () => {
        r#"id, org_id, workos_user_id, name, slug, description, duration_in_minutes, price, currency, is_active,
           "order", created_at, updated_at"#
    };
}
pub(crate) use event_columns;

impl Event {
    /// Reads one row of [`event_columns`].
    pub(crate) fn from_row(row: &Row) -> Result<Self, Problem> {
        Self::try_from_row(row).map_err(|error| Problem::internal(Error::from(error)))
    }

    /// Reads rows of [`event_columns`].
    pub(crate) fn from_rows(rows: &[Row]) -> Result<Vec<Self>, Problem> {
        rows.iter().map(Self::from_row).collect()
    }

    /// The same, within a transaction.
    pub(crate) fn try_from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            org_id: row.try_get("org_id")?,
            workos_user_id: row.try_get("workos_user_id")?,
            name: row.try_get("name")?,
            slug: row.try_get("slug")?,
            description: row.try_get("description")?,
            duration_in_minutes: row.try_get("duration_in_minutes")?,
            price: row.try_get("price")?,
            currency: row.try_get("currency")?,
            is_active: row.try_get("is_active")?,
            order: row.try_get("order")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        })
    }

    /// Where the event is found, relative to the origin.
    pub(crate) fn path(&self) -> String {
        format!("/events/{}", self.id)
    }

    /// Where the event stands in the list's page.
    pub(crate) fn list_path(&self) -> String {
        format!("/events#event-{}", self.id)
    }
}
