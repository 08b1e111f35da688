//! The table has every route: its paths are compared with the handlers' patterns, its methods with `Allow`.

use std::{collections::BTreeSet, fs};

use super::ROUTES;
use crate::app::{TestApp, world};

/// The slice patterns of a handler's source, as paths: `["events", id]` is `/events/{}`.
pub(crate) fn patterns(source: &str) -> BTreeSet<String> {
    let is_segment = |text: &str| {
        text.starts_with('"') && text.ends_with('"')
            || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    source
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']').map(|(pattern, _)| pattern))
        .map(|pattern| pattern.split(',').map(str::trim).collect::<Vec<_>>())
        .filter(|segments| segments.iter().all(|segment| is_segment(segment)))
        .filter(|segments| segments.first().is_some_and(|first| first.starts_with('"')))
        .map(|segments| {
            let path = segments.iter().map(|segment| match segment.strip_prefix('"') {
                Some(literal) => literal.trim_end_matches('"'),
                None => "{}",
            });
            format!("/{}", path.collect::<Vec<_>>().join("/"))
        })
        .collect()
}

/// A path of the table with its place holders unnamed.
pub(crate) fn unnamed(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

#[test]
fn f4_every_path_that_a_handler_matches_is_in_the_table() {
    let mut handled = BTreeSet::new();
    for folder in fs::read_dir(world().repository.join("functions")).expect("the functions") {
        let source = folder.expect("a folder").path().join("src");
        let main = fs::read_to_string(source.join("main.rs")).expect("a function has a main.rs");
        // A worker takes no requests.
        if main.contains("WORKER.run(") {
            continue;
        }
        let handler = source.join("handler.rs");
        let source = fs::read_to_string(&handler).unwrap_or_else(|error| panic!("{}: {error}", handler.display()));
        let found = patterns(&source);
        assert!(!found.is_empty(), "{} matches no path", handler.display());
        handled.extend(found);
    }
    let listed: BTreeSet<String> = ROUTES.iter().map(|route| unnamed(route.path)).collect();
    assert_eq!(handled, listed);
}

#[test]
fn a_pattern_is_read_as_a_path() {
    let source = r#"match x { (m, ["events", "order"]) => 1, (_, ["events", event_id]) => v[0], [""] => a[i, j] }"#;
    assert_eq!(patterns(source), ["/events/order", "/events/{}", "/"].map(str::to_owned).into());
}

#[tokio::test]
async fn f4_every_path_answers_exactly_the_methods_of_the_table() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    let paths: BTreeSet<&str> = ROUTES.iter().map(|route| route.path).collect();
    for path in paths {
        // An asset that does not exist has no methods.
        if path == "/assets/{name}" {
            continue;
        }
        let routes: Vec<_> = ROUTES.iter().filter(|route| route.path == path).collect();
        let mut expected: BTreeSet<&str> = routes.iter().map(|route| route.method).collect();
        if expected.contains("GET") {
            expected.insert("HEAD");
        }
        for method in ["TRACE", "OPTIONS", "PURGE", "PUT", "PATCH", "DELETE", "POST", "GET"] {
            if expected.contains(method) {
                continue;
            }
            let call = client.call(method, &routes[0].target()).header("content-type", "application/json");
            let answer = client.send(call).await;
            assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()), "{method} {path}");
            let allowed: BTreeSet<&str> = answer.header("allow").expect("Allow").split(", ").collect();
            assert_eq!(allowed, expected, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_without_a_body() {
    let app = TestApp::start().await;
    let client = app.client_of("owner@aurora.example").await;
    for path in ["/", "/dashboard", "/events", "/auth/session", "/auth/sign-out", "/favicon.ico"] {
        let get = client.get(path).await;
        let head = client.send(client.call("HEAD", path)).await;
        assert_eq!((head.status(), head.text()), (get.status(), ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
}
