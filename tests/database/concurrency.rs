//! Many who want the same at the same moment: one gets it, and the others are told why they do not (hardening C4, C5,
//! C6, A10).

use std::collections::BTreeMap;

use dev::world::Login;
use eleva::http::Problem;
use futures_util::future::join_all;
use tokio_postgres::Client;

use super::{
    clinics::{AURORA, AURORA_MEMBER, AURORA_OWNER, Clinics},
    signed::Signed,
};
use crate::app::{BeginClaims, TestApp};

/// How many try at once.
const CONTENDERS: usize = 200;

/// Two hundred events of one expert, so that no two bookings share one.
const EVENTS: &str = "
    insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
    select org_id, workos_user_id, 'Consulta', 'consulta-' || n, 30 + n % 30
      from events, generate_series(1, 200) as n
     where slug = 'user-01seedauroramember'";

/// What came of it, and how often: `won`, or the code of the problem.
type Outcomes = BTreeMap<String, usize>;

/// Has many people of Aurora do something at once, each in a scope and a connection of their own.
async fn contend(app: &TestApp, user: &str, statement: impl Fn(usize) -> String) -> Outcomes {
    let clients = join_all((0..CONTENDERS).map(|_| app.connect_as(Login::App))).await;
    let signed = Signed::from(&BeginClaims::new(user, AURORA));
    let attempts = clients.iter().enumerate().map(|(number, client)| {
        let (signed, statement) = (&signed, statement(number));
        async move {
            client.batch_execute("begin").await?;
            signed.call(client).await?;
            let outcome = client.batch_execute(&statement).await;
            // Whoever failed makes room for the next in the pooler.
            client.batch_execute(if outcome.is_ok() { "commit" } else { "rollback" }).await?;
            outcome
        }
    });
    count(join_all(attempts).await)
}

fn count(outcomes: Vec<Result<(), tokio_postgres::Error>>) -> Outcomes {
    let mut counted = Outcomes::new();
    for outcome in outcomes {
        let name = match outcome {
            Ok(()) => "won".to_owned(),
            Err(error) => Problem::from(eleva::database::Error::from(error)).code().to_owned(),
        };
        *counted.entry(name).or_default() += 1;
    }
    counted
}

fn one_won_and_the_others_got(code: &str) -> Outcomes {
    BTreeMap::from([("won".to_owned(), 1), (code.to_owned(), CONTENDERS - 1)])
}

async fn rows(owner: &Client, query: &str) -> i64 {
    owner.query_one(query, &[]).await.expect("a count").get(0)
}

#[tokio::test]
async fn c5_of_many_bookings_that_overlap_over_different_events_of_one_expert_one_is_made() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    let owner = app.owner().await;
    owner.batch_execute(EVENTS).await.expect("events");
    // Starts are five seconds apart, lengths differ: all of them overlap, no two are the same.
    let book = |number: usize| {
        format!(
            "insert into meetings (org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone)
             select org_id, id, workos_user_id, 'guest@eleva.example', 'Guest',
                    timestamptz '2027-01-01 09:00+00' + interval '5 seconds' * {number}, 'Europe/Lisbon'
               from events where slug = 'consulta-{}'",
            number + 1
        )
    };
    let outcomes = contend(&app, AURORA_OWNER, book).await;
    assert_eq!(outcomes, one_won_and_the_others_got("time_conflict"));
    assert_eq!(rows(&owner, "select count(*) from meetings").await, 1);

    // What is cancelled takes no time, and what is moved or revived takes it again.
    owner.batch_execute("update meetings set status = 'cancelled'").await.expect("cancelled");
    assert_eq!(contend(&app, AURORA_OWNER, book).await, one_won_and_the_others_got("time_conflict"));
    let revive = contend(&app, AURORA_OWNER, |_| {
        "update meetings set status = 'scheduled' where status = 'cancelled'".to_owned()
    });
    assert_eq!(revive.await, BTreeMap::from([("time_conflict".to_owned(), CONTENDERS)]));
}

#[tokio::test]
async fn c5_of_many_meetings_that_are_moved_to_one_time_one_is_moved() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    let owner = app.owner().await;
    owner.batch_execute(EVENTS).await.expect("events");
    let meetings = "
        insert into meetings (org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone)
        select org_id, id, workos_user_id, 'guest@eleva.example', 'Guest',
               timestamptz '2027-01-01 09:00+00' + interval '1 day' * substr(slug, 10)::integer, 'Europe/Lisbon'
          from events where slug like 'consulta-%'";
    owner.batch_execute(meetings).await.expect("meetings, a day apart");
    let outcomes = contend(&app, AURORA_OWNER, |number| {
        format!(
            "update meetings set start_time = '2026-12-01 09:00+00'
              where event_id = (select id from events where slug = 'consulta-{}')",
            number + 1
        )
    });
    assert_eq!(outcomes.await, one_won_and_the_others_got("time_conflict"));
    // The one that was moved is as long as it was.
    let kept = "
        select count(*)
          from meetings m
          join events e on e.id = m.event_id
         where m.end_time = m.start_time + make_interval(mins => e.duration_in_minutes)";
    assert_eq!(rows(&owner, kept).await, CONTENDERS as i64);
}

#[tokio::test]
async fn c6_of_many_who_hold_one_slot_one_holds_it() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    let outcomes = contend(&app, AURORA_MEMBER, |number| {
        format!(
            "insert into slot_reservations (org_id, event_id, workos_user_id, guest_email, start_time, end_time, expires_at)
             select org_id, id, workos_user_id, 'guest-{number}@eleva.example', '2027-01-01 09:00+00',
                    '2027-01-01 09:30+00', now() + interval '10 minutes'
               from events where workos_user_id = (select app.user_id())"
        )
    });
    assert_eq!(outcomes.await, one_won_and_the_others_got("time_conflict"));
    assert_eq!(rows(&app.owner().await, "select count(*) from slot_reservations").await, 1);
}

#[tokio::test]
async fn c4_of_many_events_of_one_slug_one_is_made() {
    let app = TestApp::start().await;
    let outcomes = contend(&app, AURORA_MEMBER, |_| {
        "insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
         select app.org_id(), app.user_id(), 'Consulta', 'consulta', 30"
            .to_owned()
    });
    assert_eq!(outcomes.await, one_won_and_the_others_got("slug_taken"));
    assert_eq!(rows(&app.owner().await, "select count(*) from events").await, 1);
}

#[tokio::test]
async fn a10_of_many_personal_organizations_of_one_person_one_is_made() {
    let app = TestApp::start().await;
    let clients = join_all((0..CONTENDERS).map(|_| app.connect_as(Login::Identity))).await;
    // Every sign-in has made one at WorkOS by itself; here the slug says whose it is.
    let attempts = clients.iter().enumerate().map(|(number, client)| async move {
        let insert = format!(
            "insert into organizations (workos_org_id, slug, name, type)
             values ('org_01NEW{number}', 'user-user_01NEW', 'Account', 'patient_personal')"
        );
        client.batch_execute(&insert).await
    });
    let outcomes = join_all(attempts).await;
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()?.as_db_error()?.constraint());
    assert!(refused.clone().all(|constraint| constraint == "organizations_slug_key"));
    assert_eq!(refused.count(), CONTENDERS - 1);
    let made = "select count(*) from organizations where slug = 'user-user_01NEW'";
    assert_eq!(rows(&app.owner().await, made).await, 1);
}
