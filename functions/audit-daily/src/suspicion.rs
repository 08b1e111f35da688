//! Days on which somebody did what nobody should: marked, and told to the trail, once each.

use eleva::{
    audit::{Action, Entry, Origin, Resource},
    database::{Error, Statement, Transaction},
};
use jiff::civil::Date;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::figures::Day;

/// Of several workers at once, one gets a day. What was found once stays found.
const MARK: &str = "
    update audit_stats
       set suspicious_activity = true
     where org_id = $1
       and date = any ($2)
       and not suspicious_activity
    returning date";

/// Marks the suspicious ones of these days, and adds a row to the trail for each that was not marked before.
pub(crate) async fn report(transaction: &mut Transaction<'_>, org_id: Uuid, days: &[Day]) -> Result<(), Error> {
    let suspicious: Vec<(Date, &str)> = days.iter().filter_map(|day| Some((day.date, reason(day)?))).collect();
    if suspicious.is_empty() {
        return Ok(());
    }
    let dates: Vec<Date> = suspicious.iter().map(|(date, _)| *date).collect();
    let parameters = [(&org_id as _, Type::UUID), (&dates as _, Type::DATE_ARRAY)];
    let rows = transaction.query(Statement::new(MARK, &parameters)).await?;
    let mut marked: Vec<Date> =
        rows.iter().map(|row| row.try_get("date").map_err(|_| Error::Shape("date date"))).collect::<Result<_, _>>()?;
    marked.sort();
    for (date, reason) in suspicious.into_iter().filter(|(date, _)| marked.contains(date)) {
        transaction.audit(
            Entry::new(Origin::default(), Action::SuspiciousActivityDetected, Resource::security())
                .about(org_id, None, None)
                .with("date", date.to_string())
                .with("reason", reason),
        );
    }
    Ok(())
}

/// What makes a day suspicious, in the words of the trail.
fn reason(day: &Day) -> Option<&'static str> {
    match (day.has_many_refusals, day.has_many_views) {
        (true, true) => Some("refusals, record_views"),
        (true, false) => Some("refusals"),
        (false, true) => Some("record_views"),
        (false, false) => None,
    }
}
