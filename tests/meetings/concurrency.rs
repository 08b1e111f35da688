//! Many at once: one wins, and the others are told so.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{NOTES, OWNER, book, meeting, path, starts};
use crate::{
    app::TestApp,
    events::create,
    trail::{rows, rows_since},
};

#[tokio::test]
async fn c5_of_many_bookings_that_overlap_one_is_made() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let (first, second) = (create(&client, "Consulta").await, create(&client, "Rastreio").await);
    let documents: Vec<_> = (0..8)
        .map(|number| meeting(if number % 2 == 0 { &first } else { &second }, &format!("2027-01-11T10:0{number}:00Z")))
        .collect();
    let answers = join_all(documents.iter().map(|document| client.post("/meetings", document))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(starts(&client, "/meetings").await.len(), 1);
}

#[tokio::test]
async fn of_several_first_keys_one_is_kept_and_opens_the_notes_of_all() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let documents: Vec<_> = (10..18)
        .map(|day| {
            let mut document = meeting(&event, &format!("2027-01-{day}T10:00:00Z"));
            document["guest_notes"] = json!(format!("{NOTES} {day}"));
            document
        })
        .collect();
    let booked = join_all(documents.iter().map(|document| book(&client, document))).await;
    let keys = app.owner().await.query_one("select count(*) from org_keys", &[]).await.expect("a count");
    assert_eq!(keys.get::<_, i64>(0), 1);
    for (document, booked) in documents.iter().zip(&booked) {
        assert_eq!(client.get_json(&path(booked)).await["guest_notes"], document["guest_notes"]);
    }
}

#[tokio::test]
async fn f8_of_many_final_statuses_at_once_one_stands_and_is_recorded_once() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    let booked = book(&client, &meeting(&event, "2027-01-11T10:00:00Z")).await;
    let path = path(&booked);
    let before = rows(&app).await.len();
    let asked: Vec<_> =
        ["completed", "cancelled", "no_show"].iter().cycle().take(9).map(|s| json!({"status": s})).collect();
    let answers = join_all(asked.iter().map(|changes| client.patch(&path, changes))).await;
    let stands = client.get_json(&path).await["status"].clone();
    for (changes, answer) in asked.iter().zip(&answers) {
        match changes["status"] == stands {
            true => assert_eq!((answer.status(), &answer.json()["status"]), (200, &stands)),
            false => assert_eq!(answer.problem(), (422, "invalid".to_owned()), "{changes} after {stands}"),
        }
    }
    let changes = rows_since(&app, before).await;
    let ended = changes.iter().filter(|row| row.action != "APPOINTMENT_VIEWED").count();
    assert_eq!(ended, 1, "{changes:#?}");
}

#[tokio::test]
async fn f8_a_meeting_is_not_moved_after_it_was_cancelled_at_the_same_time() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let event = create(&client, "Consulta").await;
    for day in 1..=6 {
        let booked = book(&client, &meeting(&event, &format!("2027-01-{day:02}T10:00:00Z"))).await;
        let path = path(&booked);
        let (cancels, moves) =
            (json!({"status": "cancelled"}), json!({"start_time": format!("2027-02-{day:02}T10:00:00Z")}));
        let (cancelled, moved) = tokio::join!(client.patch(&path, &cancels), client.patch(&path, &moves));
        assert_eq!(cancelled.status(), 200);
        let start = client.get_json(&path).await["start_time"].clone();
        match moved.status() {
            200 => {
                assert_eq!(start, moves["start_time"]);
                assert_eq!(
                    changes(&app, &booked).await,
                    ["APPOINTMENT_UPDATED", "APPOINTMENT_CANCELLED"],
                    "moved first"
                );
            }
            _ => {
                assert_eq!(moved.problem(), (422, "invalid".to_owned()));
                assert_eq!(start, booked["start_time"]);
                assert_eq!(changes(&app, &booked).await, ["APPOINTMENT_CANCELLED"]);
            }
        }
    }
}

/// What was changed in a meeting, in the order of the chain.
async fn changes(app: &TestApp, meeting: &Value) -> Vec<String> {
    let mut rows = rows(app).await;
    rows.sort_by_key(|row| row.seq);
    rows.retain(|row| row.resource_id.as_deref() == meeting["id"].as_str() && row.outcome == "success");
    let of_interest = ["APPOINTMENT_UPDATED", "APPOINTMENT_CANCELLED"];
    rows.into_iter().map(|row| row.action).filter(|action| of_interest.contains(&action.as_str())).collect()
}
