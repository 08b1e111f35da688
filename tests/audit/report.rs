//! What the trail adds up to.

use std::collections::BTreeMap;

use eleva::audit::{Action, Category};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{AURORA, OWNER, Planted, Trail, days_ago};
use crate::app::TestApp;

const PEOPLE: [Option<&str>; 4] =
    [Some("user_01SEEDAURORAOWNER"), Some("user_01SEEDAURORAADMIN"), Some("user_01GONE"), None];

/// Entries of random actions, people and times of the last twenty days.
fn random(count: i64) -> Vec<Planted> {
    (0..count)
        .map(|number| {
            let [action, person, day, second, ..] = Uuid::new_v4().as_u128().to_le_bytes().map(i64::from);
            Planted {
                at: days_ago(1 + day % 19) + SignedDuration::from_secs(second * 100),
                user_id: PEOPLE[person as usize % PEOPLE.len()],
                action: Action::ALL[action as usize % Action::ALL.len()].as_str(),
                resource_type: "compliance",
                ..Planted::days_ago(number, 0)
            }
        })
        .collect()
}

/// An hour ago: nothing of what a test does itself is before that.
fn hour_ago() -> Timestamp {
    days_ago(0) - SignedDuration::from_hours(1)
}

fn counted<K: Ord>(entries: &[Planted], key: impl Fn(&Planted) -> K) -> BTreeMap<K, i64> {
    let mut counts = BTreeMap::new();
    for entry in entries {
        *counts.entry(key(entry)).or_default() += 1;
    }
    counts
}

fn sum(counts: &Value) -> i64 {
    counts.as_object().expect("counts").values().map(|count| count.as_i64().expect("a count")).sum()
}

#[tokio::test]
async fn d11_categories_actions_and_days_each_add_up_to_the_whole() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let entries = random(150);
    for entry in &entries {
        trail.plant(entry).await;
    }
    let client = app.client_of(OWNER).await;
    let (from, to) = ((hour_ago() - SignedDuration::from_hours(25 * 24)).to_string(), hour_ago().to_string());
    let report = client.get_json(&format!("/audit/report?from={from}&to={to}")).await;
    assert_eq!(report["total_events"], 150, "{report}");
    assert_eq!((sum(&report["by_category"]), sum(&report["by_action"])), (150, 150));

    let names: Vec<&String> = report["by_category"].as_object().expect("categories").keys().collect();
    assert_eq!(names.len(), Category::ALL.len(), "also those with nothing in them");
    for category in Category::ALL {
        let is_of = |entry: &&Planted| Action::parse(entry.action).expect("an action").category() == category;
        let count = entries.iter().filter(is_of).count();
        assert_eq!(report["by_category"][category.as_str()], count, "{category:?}");
    }
    assert_eq!(report["by_action"], json!(counted(&entries, |entry| entry.action)));

    let people = report["by_user"].as_array().expect("people");
    let mut expected: Vec<(Option<&str>, i64)> = counted(&entries, |entry| entry.user_id).into_iter().collect();
    expected.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
    let listed: Vec<(Option<&str>, i64)> =
        people.iter().map(|one| (one["user_id"].as_str(), one["count"].as_i64().expect("a count"))).collect();
    assert_eq!(listed, expected, "who did most first");

    let by_day = counted(&entries, |entry| entry.at.to_string()[..10].to_owned());
    let days = report["by_day"].as_array().expect("days");
    assert_eq!(days.len(), 26, "every day that the range touches");
    assert!(days.is_sorted_by(|one, next| one["date"].as_str() < next["date"].as_str()), "{days:?}");
    assert_eq!((&days[0]["date"], &days[25]["date"]), (&json!(from[..10]), &json!(to[..10])));
    for day in days {
        let date = day["date"].as_str().expect("a date");
        assert_eq!(day["count"], by_day.get(date).copied().unwrap_or_default(), "{date}");
    }
}

#[tokio::test]
async fn d11_every_action_is_counted_in_its_category() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    for (number, action) in (0..).zip(Action::ALL) {
        trail.plant(&Planted { action: action.as_str(), ..Planted::days_ago(number, 1) }).await;
    }
    let report = app.client_of(OWNER).await.get_json(&format!("/audit/report?to={}", hour_ago())).await;
    assert_eq!(report["total_events"], Action::ALL.len());
    for category in Category::ALL {
        assert_eq!(report["by_category"][category.as_str()], Action::of(category).count(), "{category:?}");
    }
}

#[tokio::test]
async fn a_report_is_of_the_last_thirty_days_unless_said_otherwise_and_of_a_year_at_most() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    for days in [1, 29, 31, 60] {
        trail.plant(&Planted::days_ago(days, days)).await;
    }
    let client = app.client_of(OWNER).await;
    let total = async |query: &str| client.get_json(&format!("/audit/report{query}")).await["total_events"].clone();
    assert_eq!(total("?to=2000-01-01").await, 0);
    let end = hour_ago();
    assert_eq!(total(&format!("?to={end}")).await, 2);
    assert_eq!(total(&format!("?from={}&to={end}", days_ago(90))).await, 4);
    assert_eq!(total(&format!("?from={}&to={}", days_ago(31), days_ago(29))).await, 1, "half-open");
    let year = client.get_json("/audit/report?from=2028-01-01&to=2029-01-01").await;
    assert_eq!(year["by_day"].as_array().map(Vec::len), Some(366));
    let longer = client.get("/audit/report?from=2028-01-01&to=2029-01-01T00:00:00.000001Z").await;
    assert_eq!(longer.problem(), (422, "invalid".to_owned()));
    assert_eq!(longer.json()["errors"][0]["field"], "from");
}
