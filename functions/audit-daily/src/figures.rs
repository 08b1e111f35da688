//! The figures of an organization's days, from its trail: docs/audit.md says what each of them counts.

use eleva::{
    audit::{Action, Category},
    database::{Error, Statement, Transaction},
};
use jiff::civil::Date;
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

/// A day whose figures were written.
#[derive(Debug)]
pub(crate) struct Day {
    /// In the organization's time zone.
    pub(crate) date: Date,
    /// Somebody was refused more than ten times within an hour that ended on it.
    pub(crate) has_many_refusals: bool,
    /// Somebody viewed medical records more than a thousand times.
    pub(crate) has_many_views: bool,
}

/// What takes something along of the trail or of health data.
const EXPORTS: [Action; 4] = [
    Action::AuditLogExported,
    Action::AuditLogExportDownloaded,
    Action::MedicalRecordsExported,
    Action::HealthDataExported,
];

/// All days at once: from the newest that was counted (it may not have been over) or from yesterday, whichever is
/// earlier, and where none was counted yet from 35 days ago, until today.
///
/// Rows are read from 26 hours before the first day's midnight: windows of 24 hours reach back, and where a clock is
/// set back at midnight the day began an hour earlier. Another worker that began later has counted more.
const REFRESH: &str = "
    with organization as (
      select o.timezone,
             (now() at time zone o.timezone)::date as today,
             (select s.date from audit_stats s where s.org_id = $1 order by s.date desc limit 1) as newest
        from organizations o
       where o.id = $1
    ),
    span as (
      select o.timezone,
             o.today,
             case when o.newest is null then o.today - 35 else least(o.newest, o.today - 1) end as first_day
        from organization o
    ),
    since as (
      select (s.first_day::timestamp at time zone s.timezone) - interval '26 hours' as at
        from span s
    ),
    entries as (
      select l.created_at,
             l.created_at at time zone (select s.timezone from span s) as local_time,
             l.workos_user_id,
             l.actor_type,
             l.action,
             l.outcome
        from audit_logs l
       where l.created_at >= (select s.at from since s)
         and l.created_at < now() + interval '1 day'
    ),
    further as (
      select r.minute as created_at,
             r.minute at time zone (select s.timezone from span s) as local_time,
             r.workos_user_id,
             r.refusals
        from app.audit_further_refusals($1, (select s.at from since s), now() + interval '1 day') r
    ),
    counted as (
      select e.local_time::date as date,
             count(*) filter (where e.action = any ($2)) as medical_record_access,
             count(*) filter (where e.action = any ($3)) as appointment_events,
             count(*) filter (where e.action = any ($4)) as payment_events,
             count(*) filter (where e.action = any ($5)) as security_events,
             count(*) filter (
               where e.outcome = 'success'
                 and e.actor_type = 'user'
                 and (e.local_time::time < time '06:00' or e.local_time::time >= time '22:00')
             ) as after_hours_access
        from entries e
       group by e.local_time::date
    ),
    counted_further as (
      select f.local_time::date as date, sum(f.refusals)::bigint as refusals
        from further f
       group by f.local_time::date
    ),
    exports as (
      select e.local_time::date as date,
             e.workos_user_id,
             count(*) over (
               partition by e.workos_user_id
               order by e.created_at
               range between interval '24 hours' preceding and current row
             ) as within_a_day
        from entries e
       where e.action = any ($6)
         and e.outcome = 'success'
         and e.workos_user_id is not null
    ),
    mass_exporters as (
      select x.date, count(*) as exports
        from exports x
       group by x.date, x.workos_user_id
      having max(x.within_a_day) > 5
    ),
    mass_exports as (
      select m.date, sum(m.exports)::bigint as exports
        from mass_exporters m
       group by m.date
    ),
    refusals as (
      select e.created_at, e.local_time, e.workos_user_id, 1::bigint as refusals
        from entries e
       where e.action = $7
         and e.workos_user_id is not null
      union all
      select f.created_at, f.local_time, f.workos_user_id, f.refusals
        from further f
    ),
    refused as (
      select r.local_time::date as date,
             sum(r.refusals) over (
               partition by r.workos_user_id
               order by r.created_at
               range between interval '1 hour' preceding and current row
             ) as within_an_hour
        from refusals r
    ),
    many_refusals as (
      select distinct r.date
        from refused r
       where r.within_an_hour > 10
    ),
    viewers as (
      select e.local_time::date as date
        from entries e
       where e.action = $8
         and e.workos_user_id is not null
       group by e.local_time::date, e.workos_user_id
      having count(*) > 1000
    ),
    many_views as (
      select distinct v.date
        from viewers v
    ),
    written as (
      insert into audit_stats as s (
        org_id, date, medical_record_access, appointment_events, payment_events, security_events, after_hours_access,
        mass_exports
      )
      select $1,
             date,
             coalesce(c.medical_record_access, 0),
             coalesce(c.appointment_events, 0),
             coalesce(c.payment_events, 0),
             coalesce(c.security_events, 0) + coalesce(f.refusals, 0),
             coalesce(c.after_hours_access, 0),
             coalesce(m.exports, 0)
        from counted c
        full join counted_further f using (date)
        left join mass_exports m using (date)
       where date between (select s.first_day from span s) and (select s.today from span s)
       order by date
      on conflict on constraint audit_stats_org_id_date_key do update
         set medical_record_access = excluded.medical_record_access,
             appointment_events = excluded.appointment_events,
             payment_events = excluded.payment_events,
             security_events = excluded.security_events,
             after_hours_access = excluded.after_hours_access,
             mass_exports = excluded.mass_exports
       where s.updated_at <= now()
      returning s.date
    )
    select w.date, r.date is not null as has_many_refusals, v.date is not null as has_many_views
      from written w
      left join many_refusals r on r.date = w.date
      left join many_views v on v.date = w.date
     order by w.date";

/// Counts the days of the organization that the transaction names, and writes what it counted.
pub(crate) async fn refresh(transaction: &mut Transaction<'_>, org_id: Uuid) -> Result<Vec<Day>, Error> {
    let [records, appointments, payments, security] =
        [Category::Records, Category::Appointments, Category::Payments, Category::Security].map(names);
    let exports = EXPORTS.map(Action::as_str).to_vec();
    let (refusal, view) = (Action::UnauthorizedAccessAttempt.as_str(), Action::MedicalRecordViewed.as_str());
    let parameters = [
        (&org_id as _, Type::UUID),
        (&records as _, Type::TEXT_ARRAY),
        (&appointments as _, Type::TEXT_ARRAY),
        (&payments as _, Type::TEXT_ARRAY),
        (&security as _, Type::TEXT_ARRAY),
        (&exports as _, Type::TEXT_ARRAY),
        (&refusal as _, Type::TEXT),
        (&view as _, Type::TEXT),
    ];
    let rows = transaction.query(Statement::new(REFRESH, &parameters)).await?;
    rows.iter().map(|row| Day::from_row(row).map_err(|_| Error::Shape("a date and two booleans"))).collect()
}

fn names(category: Category) -> Vec<&'static str> {
    Action::of(category).map(Action::as_str).collect()
}

impl Day {
    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            date: row.try_get("date")?,
            has_many_refusals: row.try_get("has_many_refusals")?,
            has_many_views: row.try_get("has_many_views")?,
        })
    }
}
