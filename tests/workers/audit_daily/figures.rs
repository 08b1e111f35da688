//! The figures are those of the trail, whatever the zone, and however often they are counted.

use std::collections::BTreeMap;

use eleva::audit::Action;
use jiff::{Timestamp, ToSpan, civil::Date};
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    expected::{Figures, Zone, figures, stored},
    run,
    trail::{Entry, Further, at, counted_until, organization, refuse, write},
};
use crate::{app::TestApp, database::model::random::Random};

const LISBON: Zone = Zone { name: "Europe/Lisbon", change: "2026-10-25T01:00:00Z", hours: [1, 0] };
const NEW_YORK: Zone = Zone { name: "America/New_York", change: "2026-11-01T06:00:00Z", hours: [-4, -5] };
/// Where clocks go from one to midnight, so that the first hour of a day comes twice.
const AZORES: Zone = Zone { name: "Atlantic/Azores", change: "2026-10-25T01:00:00Z", hours: [0, -1] };
const UTC: Zone = Zone { name: "UTC", change: "2026-10-25T01:00:00Z", hours: [0, 0] };

const USERS: [&str; 3] = ["user_01A", "user_01B", "user_01C"];
/// Those of [`edges`], whom chance leaves alone.
const EDGE_USERS: [&str; 3] = ["user_01D", "user_01E", "user_01F"];
const EXPORTS: [Action; 4] = [
    Action::AuditLogExported,
    Action::AuditLogExportDownloaded,
    Action::MedicalRecordsExported,
    Action::HealthDataExported,
];

/// The first day of the autumn that the trails are of, and how many hours of it.
const START: &str = "2026-10-22T00:00:00Z";
const HOURS: usize = 24 * 13;

/// A time of that autumn; every other one within an hour of a full hour.
fn moment(random: &mut Random) -> Timestamp {
    let hour = i64::try_from(random.below(HOURS)).expect("few");
    let second = i64::try_from(random.below(3_600)).expect("few");
    let microsecond = if random.one_in(2) { 0 } else { i64::try_from(random.below(1_000_000)).expect("few") };
    at(START) + hour.hours() + second.seconds() + microsecond.microseconds()
}

/// Rows of all kinds, and what comes in bursts: refusals within hours, exports within days.
fn entries(random: &mut Random) -> Vec<Entry> {
    let mut entries = Vec::new();
    for _ in 0..250 {
        let user = (!random.one_in(6)).then(|| USERS[random.below(3)]);
        let action = Action::ALL[random.below(Action::ALL.len())];
        entries.push(Entry { at: moment(random), user, action, has_succeeded: !random.one_in(4) });
    }
    for _ in 0..12 {
        let (start, user) = (moment(random), Some(USERS[random.below(3)]));
        let is_export = random.one_in(2);
        let span = if is_export { 30 * 3_600 } else { 2 * 3_600 };
        for _ in 0..4 + random.below(16) {
            let action = if is_export { EXPORTS[random.below(4)] } else { Action::UnauthorizedAccessAttempt };
            let later = i64::try_from(random.below(span)).expect("few");
            entries.push(Entry { at: start + later.seconds(), user, action, has_succeeded: is_export });
        }
    }
    let (end, end_of_refusals) = (at("2026-11-05T00:00:00Z"), at("2026-11-01T20:00:00Z"));
    entries.retain(|entry| {
        entry.at < if entry.action == Action::UnauthorizedAccessAttempt { end_of_refusals } else { end }
    });
    entries.extend(edges());
    entries
}

/// Refusals without a row, before the days of [`edges`].
fn further(random: &mut Random) -> Vec<Further> {
    let further = |random: &mut Random| Further {
        minute: at(START) + i64::try_from(random.below(24 * 10 * 60)).expect("few").minutes(),
        user: USERS[random.below(3)],
        refusals: 1 + i64::try_from(random.below(7)).expect("few"),
    };
    let mut all: Vec<Further> = (0..25).map(|_| further(random)).collect();
    // More than enough by themselves.
    all.push(Further { minute: at("2026-11-02T12:00:00Z"), user: EDGE_USERS[2], refusals: 11 });
    all
}

/// What chance may miss: full hours and the instants before them, windows that are just long enough, and windows that
/// are a microsecond too short.
fn edges() -> Vec<Entry> {
    let entry = |at, user, action| Entry { at, user: Some(user), action, has_succeeded: true };
    let mut edges = Vec::new();
    for day in ["2026-10-25T00:00:00Z", "2026-10-28T00:00:00Z", "2026-11-01T00:00:00Z"] {
        for hour in 0..24 {
            let full = at(day) + i64::from(hour).hours();
            edges.push(entry(full, EDGE_USERS[0], Action::AppointmentViewed));
            edges.push(entry(full - 1.microseconds(), EDGE_USERS[0], Action::PaymentInitiated));
        }
    }
    for (user, sixth) in [(EDGE_USERS[0], "2026-10-25T12:00:00Z"), (EDGE_USERS[1], "2026-10-25T12:00:00.000001Z")] {
        let five = (0..5).map(|hour| at("2026-10-24T12:00:00Z") + i64::from(hour).hours());
        edges.extend(five.chain([at(sixth)]).map(|at| entry(at, user, Action::AuditLogExported)));
    }
    for (day, eleventh) in [("2026-11-03", "11:00:00Z"), ("2026-11-04", "11:00:00.000001Z")] {
        let ten = (0..10).map(|minute| at(&format!("{day}T10:0{minute}:00Z")));
        let refused = ten.chain([at(&format!("{day}T{eleventh}"))]);
        edges.extend(refused.map(|at| entry(at, EDGE_USERS[1], Action::UnauthorizedAccessAttempt)));
    }
    edges
}

/// The figures of the days from `first` on, without those of today: it has what the worker itself wrote.
fn days_from(first: &str, figures: BTreeMap<Date, Figures>) -> BTreeMap<Date, Figures> {
    let first: Date = first.parse().expect("a day");
    let last: Date = "2026-11-10".parse().expect("a day");
    figures.into_iter().filter(|(day, _)| (first..last).contains(day)).collect()
}

async fn all(owner: &Client) -> Vec<(Uuid, Date, i64, Uuid)> {
    let select = "select org_id, date, security_events, id from audit_stats order by 1, 2";
    let rows = owner.query(select, &[]).await.expect("figures");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

#[tokio::test]
async fn random_trails_are_counted_as_a_model_counts_them_in_every_zone() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let seed = std::process::id().into();
    eprintln!("seed {seed}");
    let mut random = Random::new(seed);
    let mut trails = Vec::new();
    for (slug, zone, first) in [
        ("clinica-aurora", LISBON, "2026-10-21"),
        ("centro-norte", NEW_YORK, "2026-10-21"),
        // Counting goes on in the midst of it: windows reach back to days that are not counted again.
        ("platform", AZORES, "2026-10-25"),
    ] {
        let org_id = organization(&owner, slug, zone.name).await;
        counted_until(&owner, org_id, first).await;
        let (entries, further) = (entries(&mut random), further(&mut random));
        write(&owner, org_id, &entries).await;
        refuse(&owner, org_id, &further).await;
        let mut expected = days_from(first, figures(zone, &entries, &further));
        // The day up to which was counted has a row of its own, even without any of the trail.
        expected.entry(first.parse().expect("a day")).or_default();
        trails.push((org_id, zone, first, expected));
    }
    let answer = run(&app).await;
    assert_eq!(answer["organizations"], 3, "{answer}");
    for (org_id, zone, first, expected) in &trails {
        assert!(expected.len() > 9, "{expected:?}");
        assert_eq!(&days_from(first, stored(&owner, *org_id).await), expected, "{} (seed {seed})", zone.name);
    }
    let of =
        |count: fn(&Figures) -> bool| trails.iter().flat_map(|trail| trail.3.values()).filter(|f| count(f)).count();
    assert!(of(|f| f.suspicious_activity) > 0 && of(|f| !f.suspicious_activity) > 0, "both occur (seed {seed})");
    assert!(of(|f| f.mass_exports > 0) > 0 && of(|f| f.after_hours_access > 0) > 0, "both occur (seed {seed})");

    // Again: what the first run wrote into the trail is counted as of today, and nothing else changes, ever.
    run(&app).await;
    let twice = all(&owner).await;
    run(&app).await;
    assert_eq!(all(&owner).await, twice);
    for (org_id, zone, first, expected) in &trails {
        let stored = stored(&owner, *org_id).await;
        let found = expected.values().filter(|figures| figures.suspicious_activity).count();
        let today = stored.iter().filter(|(day, _)| !days_from(first, stored.clone()).contains_key(day));
        assert_eq!(today.map(|(_, figures)| figures.security_events).sum::<i64>(), found as i64, "{}", zone.name);
        assert_eq!(&days_from(first, stored), expected, "{} (seed {seed})", zone.name);
    }
}

#[tokio::test]
async fn rows_and_refusals_of_the_last_two_days_that_come_late_are_counted() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora", UTC.name).await;
    let now = Timestamp::now();
    let entry =
        |hours: i64, action| Entry { at: now - hours.hours(), user: Some(USERS[0]), action, has_succeeded: true };
    let mut entries: Vec<Entry> = (0..20)
        .map(|number| entry(number, [Action::MedicalRecordCreated, Action::PaymentCompleted][number as usize % 2]))
        .collect();
    // The first count goes back 35 days.
    entries.push(entry(24 * 30, Action::AppointmentCreated));
    write(&owner, org_id, &entries).await;
    run(&app).await;
    assert_eq!(stored(&owner, org_id).await, figures(UTC, &entries, &[]));

    let late: Vec<Entry> = (1..18).map(|hours| entry(hours, Action::AppointmentCreated)).collect();
    write(&owner, org_id, &late).await;
    let minute = Timestamp::from_second(now.as_second() / 60 * 60).expect("a time") - 3.hours();
    let further = [Further { minute, user: USERS[1], refusals: 3 }];
    refuse(&owner, org_id, &further).await;
    entries.extend(late);
    run(&app).await;
    assert_eq!(stored(&owner, org_id).await, figures(UTC, &entries, &further));
}

#[tokio::test]
async fn an_organization_in_which_nothing_happened_since_is_left_alone() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let org_id = organization(&owner, "clinica-aurora", UTC.name).await;
    let at = Timestamp::now() - 1.hours();
    let entry = Entry { at, user: Some(USERS[0]), action: Action::EventCreated, has_succeeded: true };
    write(&owner, org_id, std::slice::from_ref(&entry)).await;
    assert_eq!(counted(&run(&app).await), (1, 1));
    let earlier = "update audit_heads set created_at = created_at - interval '3 minutes'";
    owner.batch_execute(earlier).await.expect("the owner may");
    assert_eq!(counted(&run(&app).await), (0, 0));
    write(&owner, org_id, &[entry]).await;
    assert_eq!(counted(&run(&app).await), (1, 1));
}

/// Of an answer: how many organizations were counted, and how many days.
fn counted(answer: &serde_json::Value) -> (i64, i64) {
    let number = |name: &str| answer[name].as_i64().unwrap_or_else(|| panic!("no {name}: {answer}"));
    (number("organizations"), number("days"))
}
