//! The time that a list is about.

use super::{AURORA, OWNER, Planted, Trail, days_ago, found};
use crate::app::TestApp;

#[tokio::test]
async fn a_list_is_of_the_last_thirty_days_unless_said_otherwise() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    for days in [0, 29, 31, 45, 70] {
        trail.plant(&Planted::days_ago(days, days)).await;
    }
    let client = app.client_of(OWNER).await;
    assert_eq!(found(&client, "").await, [0, 29]);
    assert_eq!(found(&client, &format!("from={}", days_ago(50))).await, [0, 29, 31, 45]);
    assert_eq!(found(&client, &format!("to={}", days_ago(30))).await, [31, 45], "thirty days before its end");
    assert_eq!(found(&client, &format!("from={}&to={}", days_ago(90), days_ago(40))).await, [45, 70]);
}

#[tokio::test]
async fn the_beginning_is_included_and_the_end_is_not_to_the_microsecond() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let start = days_ago(10);
    let microsecond = jiff::SignedDuration::from_micros(1);
    for (number, at) in [(1, start - microsecond), (2, start), (3, start + microsecond)] {
        trail.plant(&Planted { at, ..Planted::days_ago(number, 0) }).await;
    }
    let client = app.client_of(OWNER).await;
    assert_eq!(found(&client, &format!("from={start}")).await, [3, 2]);
    assert_eq!(found(&client, &format!("to={start}")).await, [1]);
    assert_eq!(found(&client, &format!("from={start}&to={}", start + microsecond)).await, [2]);
}

#[tokio::test]
async fn times_are_read_as_clients_and_as_forms_write_them() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let at = days_ago(10);
    trail.plant(&Planted { at, ..Planted::days_ago(1, 0) }).await;
    let client = app.client_of(OWNER).await;
    let text = at.to_string();
    let (minute, day) = (&text[..16], &text[..10]);
    for (query, expected) in [
        (format!("from={text}"), 1),
        (format!("from={}", text.trim_end_matches('Z')), 1),
        (format!("from={minute}"), 1),
        (format!("from={day}"), 1),
        (format!("to={minute}&from={}", days_ago(20)), 0),
        (format!("to={day}&from={}", days_ago(20)), 0),
        (format!("from={}%2B00:00", text.trim_end_matches('Z')), 1),
        ("from=&to=".to_owned(), 1),
    ] {
        assert_eq!(found(&client, &query).await.len(), expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_no_range_is_refused() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let (early, late) = (days_ago(2), days_ago(1));
    for path in ["/audit/logs", "/audit/report"] {
        for (query, status, code) in [
            (format!("from={late}&to={early}"), 422, "invalid"),
            (format!("from={late}&to={late}"), 422, "invalid"),
            ("from=9000-01-01T00:00:00Z".to_owned(), 422, "invalid"),
            ("from=yesterday".to_owned(), 400, "malformed"),
            ("to=2026-02-30T00:00:00Z".to_owned(), 400, "malformed"),
            ("to=-009999-01-01T00:00:00Z".to_owned(), 400, "malformed"),
            (format!("from={early}&from={late}"), 400, "malformed"),
        ] {
            let answer = client.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.problem(), (status, code.to_owned()), "{path}?{query}");
        }
    }
    assert_eq!(found(&client, "from=0001-01-01T00:00:00Z&to=0002-01-01T00:00:00Z").await, [0; 0]);
}
