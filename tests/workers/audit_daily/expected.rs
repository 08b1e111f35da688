//! What the figures of a trail must be, counted one row at a time.

use std::collections::{BTreeMap, BTreeSet};

use eleva::audit::{Action, Category};
use jiff::{Timestamp, civil::Date};
use tokio_postgres::Client;
use uuid::Uuid;

use super::trail::{Entry, Further};

const HOUR: i64 = 3_600 * 1_000_000;

/// A time zone whose clocks are changed once, then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zone {
    pub(super) name: &'static str,
    pub(super) change: &'static str,
    /// Hours ahead of UTC until then and from then on.
    pub(super) hours: [i64; 2],
}

/// The figures of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) medical_record_access: i64,
    pub(super) appointment_events: i64,
    pub(super) payment_events: i64,
    pub(super) security_events: i64,
    pub(super) after_hours_access: i64,
    pub(super) mass_exports: i64,
    pub(super) suspicious_activity: bool,
}

/// So many refusals of somebody at a time.
struct Refusal {
    at: i64,
    day: Date,
    user: &'static str,
    count: i64,
}

impl Zone {
    /// Day, and hour of the day.
    fn local(self, at: Timestamp) -> (Date, i8) {
        let change: Timestamp = self.change.parse().expect("a time");
        let [before, after] = self.hours;
        let hours = if at < change { before } else { after };
        let shifted = Timestamp::from_microsecond(at.as_microsecond() + hours * HOUR).expect("a time");
        let local = jiff::tz::TimeZone::UTC.to_datetime(shifted);
        (local.date(), local.hour())
    }

    fn day(self, at: Timestamp) -> Date {
        self.local(at).0
    }
}

/// The figures of every day that has any.
pub(super) fn figures(zone: Zone, entries: &[Entry], further: &[Further]) -> BTreeMap<Date, Figures> {
    let days = entries.iter().map(|entry| entry.at).chain(further.iter().map(|further| further.minute));
    let days: BTreeSet<Date> = days.map(|at| zone.day(at)).collect();
    let mut refusals: Vec<Refusal> = further
        .iter()
        .map(|f| Refusal { at: f.minute.as_microsecond(), day: zone.day(f.minute), user: f.user, count: f.refusals })
        .collect();
    refusals.extend(
        entries
            .iter()
            .filter(|entry| entry.action == Action::UnauthorizedAccessAttempt)
            .filter_map(|e| Some(Refusal { at: e.at.as_microsecond(), day: zone.day(e.at), user: e.user?, count: 1 })),
    );
    days.into_iter().map(|day| (day, of_day(zone, day, entries, further, &refusals))).collect()
}

fn of_day(zone: Zone, day: Date, entries: &[Entry], further: &[Further], refusals: &[Refusal]) -> Figures {
    let mut figures = Figures::default();
    let mut views: BTreeMap<&str, usize> = BTreeMap::new();
    let mut exports: BTreeMap<&str, (i64, bool)> = BTreeMap::new();
    for entry in entries {
        let (own_day, hour) = zone.local(entry.at);
        if own_day != day {
            continue;
        }
        match entry.action.category() {
            Category::Records => figures.medical_record_access += 1,
            Category::Appointments => figures.appointment_events += 1,
            Category::Payments => figures.payment_events += 1,
            Category::Security => figures.security_events += 1,
            _ => {}
        }
        let Some(user) = entry.user else { continue };
        if entry.has_succeeded && !(6..22).contains(&hour) {
            figures.after_hours_access += 1;
        }
        if entry.action == Action::MedicalRecordViewed {
            *views.entry(user).or_default() += 1;
        }
        if is_export(entry) {
            let end = entry.at.as_microsecond();
            let within = entries.iter().filter(|other| {
                is_export(other)
                    && other.user == entry.user
                    && (end - 24 * HOUR..=end).contains(&other.at.as_microsecond())
            });
            let (count, is_mass) = exports.entry(user).or_default();
            *count += 1;
            *is_mass |= within.count() > 5;
        }
    }
    figures.security_events += further.iter().filter(|f| zone.day(f.minute) == day).map(|f| f.refusals).sum::<i64>();
    figures.mass_exports = exports.values().filter(|(_, is_mass)| *is_mass).map(|(count, _)| count).sum();
    let was_refused_often = refusals.iter().filter(|refusal| refusal.day == day).any(|refusal| {
        let within = refusals
            .iter()
            .filter(|other| other.user == refusal.user && (refusal.at - HOUR..=refusal.at).contains(&other.at));
        within.map(|other| other.count).sum::<i64>() > 10
    });
    figures.suspicious_activity = was_refused_often || views.values().any(|count| *count > 1_000);
    figures
}

fn is_export(entry: &Entry) -> bool {
    let exports =
        ["AUDIT_LOG_EXPORTED", "AUDIT_LOG_EXPORT_DOWNLOADED", "MEDICAL_RECORDS_EXPORTED", "HEALTH_DATA_EXPORTED"];
    entry.has_succeeded && exports.contains(&entry.action.as_str())
}

/// The figures that the database has.
pub(super) async fn stored(owner: &Client, org_id: Uuid) -> BTreeMap<Date, Figures> {
    let select = "
        select date, medical_record_access, appointment_events, payment_events, security_events, after_hours_access,
               mass_exports, suspicious_activity
          from audit_stats
         where org_id = $1";
    let rows = owner.query(select, &[&org_id]).await.expect("figures");
    let figures = |row: &tokio_postgres::Row| Figures {
        medical_record_access: row.get("medical_record_access"),
        appointment_events: row.get("appointment_events"),
        payment_events: row.get("payment_events"),
        security_events: row.get("security_events"),
        after_hours_access: row.get("after_hours_access"),
        mass_exports: row.get("mass_exports"),
        suspicious_activity: row.get("suspicious_activity"),
    };
    rows.iter().map(|row| (row.get("date"), figures(row))).collect()
}
