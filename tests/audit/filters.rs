//! Filters, each and in pairs, against a model.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{AURORA, OWNER, Planted, Trail, days_ago, found};
use crate::app::TestApp;

/// A filter: as a query says it, and whether it keeps an entry.
struct Filter {
    query: String,
    keeps: Box<dyn Fn(&Planted) -> bool>,
}

fn filter(query: String, keeps: impl Fn(&Planted) -> bool + 'static) -> Filter {
    Filter { query, keeps: Box::new(keeps) }
}

/// Every combination of four times, three people, three actions on two types, and three resources.
fn entries() -> Vec<Planted> {
    let mut entries = Vec::new();
    for days in [3, 10, 20, 40] {
        for user_id in [Some("user_01SEEDAURORAOWNER"), Some("user_01SEEDAURORAMEMBER"), None] {
            for (action, resource_type) in
                [("EVENT_CREATED", "event"), ("EVENT_UPDATED", "event"), ("PROFILE_UPDATED", "profile")]
            {
                for resource_id in [Some("one"), Some("two"), None] {
                    let number = entries.len() as i64;
                    let resource_id = resource_id.map(str::to_owned);
                    let at = days_ago(days);
                    entries.push(Planted { number, at, user_id, action, resource_type, resource_id });
                }
            }
        }
    }
    entries
}

/// Two values of each of the six filters.
fn filters() -> Vec<[Filter; 2]> {
    let from = |at: Timestamp| filter(format!("from={at}"), move |entry| entry.at >= at);
    let to = |at: Timestamp| filter(format!("to={at}"), move |entry| entry.at < at);
    vec![
        [from(days_ago(25)), from(days_ago(60))],
        [to(days_ago(15)), to(days_ago(5))],
        [
            filter("action=EVENT_UPDATED".to_owned(), |entry| entry.action == "EVENT_UPDATED"),
            filter("action=EVENT_CREATED&action=PROFILE_UPDATED".to_owned(), |entry| entry.action != "EVENT_UPDATED"),
        ],
        [
            filter("resource_type=event".to_owned(), |entry| entry.resource_type == "event"),
            filter("resource_type=profile&resource_type=schedule".to_owned(), |entry| entry.resource_type == "profile"),
        ],
        [
            filter("resource_id=one".to_owned(), |entry| entry.resource_id.as_deref() == Some("one")),
            filter("resource_id=nothing".to_owned(), |_| false),
        ],
        [
            filter("user_id=user_01SEEDAURORAMEMBER".to_owned(), |entry| {
                entry.user_id == Some("user_01SEEDAURORAMEMBER")
            }),
            filter("user_id=user_01SEEDAURORAOWNER".to_owned(), |entry| {
                entry.user_id == Some("user_01SEEDAURORAOWNER")
            }),
        ],
    ]
}

/// The model: what is in the default range unless the query says when, and passes every filter.
fn expected(entries: &[Planted], chosen: &[&Filter]) -> BTreeSet<i64> {
    let says = |name: &str| chosen.iter().any(|filter| filter.query.starts_with(name));
    let end = chosen.iter().find_map(|filter| filter.query.strip_prefix("to=")?.parse::<Timestamp>().ok());
    let default_from = end.unwrap_or_else(Timestamp::now) - jiff::SignedDuration::from_hours(30 * 24);
    let kept = entries.iter().filter(|entry| says("from=") || entry.at >= default_from);
    kept.filter(|entry| chosen.iter().all(|filter| (filter.keeps)(entry))).map(|entry| entry.number).collect()
}

#[tokio::test]
async fn d4_every_filter_narrows_alone_and_with_every_other() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    let entries = entries();
    for entry in &entries {
        trail.plant(entry).await;
    }
    let client = app.client_of(OWNER).await;
    let filters = filters();
    let mut seen = BTreeSet::new();
    for (position, one) in filters.iter().enumerate() {
        for one in one {
            let alone = found(&client, &one.query).await;
            assert_eq!(alone.iter().copied().collect::<BTreeSet<_>>(), expected(&entries, &[one]), "{}", one.query);
            for other in filters.iter().skip(position + 1).flatten() {
                // In either order: a filter must not take another's place.
                for query in [format!("{}&{}", one.query, other.query), format!("{}&{}", other.query, one.query)] {
                    let both = found(&client, &query).await;
                    let expected = expected(&entries, &[one, other]);
                    assert_eq!(both.iter().copied().collect::<BTreeSet<_>>(), expected, "{query}");
                    assert_eq!(both.len(), expected.len(), "{query}: each once");
                    seen.insert(expected.len());
                }
            }
        }
    }
    assert!(seen.len() > 5, "the pairs differ in what they find: {seen:?}");
}

#[tokio::test]
async fn d4_all_six_together_find_one_entry() {
    let app = TestApp::start().await;
    let trail = Trail::of(&app, AURORA).await;
    for entry in &entries() {
        trail.plant(entry).await;
    }
    let query = format!(
        "from={}&to={}&action=EVENT_UPDATED&resource_type=event&resource_id=two&user_id=user_01SEEDAURORAMEMBER",
        days_ago(15),
        days_ago(5)
    );
    assert_eq!(found(&app.client_of(OWNER).await, &query).await.len(), 1);
}

#[tokio::test]
async fn what_the_log_does_not_have_is_refused() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    for (query, status, code) in [
        ("action=NOTHING", 422, "invalid"),
        ("action=EVENT_CREATED&action=event_updated", 422, "invalid"),
        ("resource_type=events", 422, "invalid"),
        ("limit=0", 422, "invalid"),
        ("limit=many", 400, "malformed"),
        ("cursor=nonsense", 400, "malformed"),
        ("user_id=%00", 400, "malformed"),
        ("user_id=a&user_id=b", 400, "malformed"),
        ("resource_id=%FF", 400, "malformed"),
    ] {
        let answer = client.get(&format!("/audit/logs?{query}")).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{query}");
    }
    let too_long = "x".repeat(256);
    let answer = client.get(&format!("/audit/logs?resource_id={too_long}")).await;
    assert_eq!(answer.problem(), (400, "malformed".to_owned()));
    let trail = Trail::of(&app, AURORA).await;
    assert!(trail.stored("AUDIT_LOG_VIEWED").await.is_empty(), "what was not shown was not seen");
}
