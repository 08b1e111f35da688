//! Paths that are almost a route (hardening F4, F5): they reach nothing, and nothing fails over them.

use dev::gateway::RawPath;

use super::{Access, ROUTES};
use crate::app::TestApp;

/// Spellings of a path that name something else.
fn misspelled(path: &str) -> Vec<String> {
    let rest = path.trim_start_matches('/');
    vec![
        format!("{path}/"),
        format!("/{path}"),
        format!("//{rest}//"),
        format!("{path}/."),
        format!("{path}/.."),
        format!("/./{rest}"),
        format!("/x/../{rest}"),
        format!("{path}.json"),
        format!("{path};a=b"),
        format!("{path}/nothing/here"),
        format!("{path}%00"),
        format!("{path}%20"),
        format!("{path}%2F"),
        format!("/%2e/{rest}"),
        format!("/..%2f{rest}"),
        format!("{path}%0d%0ax"),
        format!("{path}%22%3Cscript%3E"),
        format!("{path}%C3%A9"),
        format!("{path}%FF"),
        format!("{path}\\"),
    ]
}

async fn misspellings_reach_nothing(raw_path: RawPath) {
    let app = TestApp::setup().raw_path(raw_path).start().await;
    let owner = app.client_of("owner@aurora.example").await;
    for route in ROUTES.iter().filter(|route| !route.is_unsafe() && route.path != "/") {
        for path in misspelled(&route.target()) {
            let answer = owner.get(&path).await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{path}");
            let stranger = app.client().get(&path).await;
            assert!(matches!(stranger.status(), 401 | 404), "{path}: {stranger:?}");
        }
    }
    assert!(app.gateway().take_failures().is_empty());
}

#[tokio::test]
async fn f4_f5_misspelled_paths_reach_nothing_when_the_gateway_decodes_them() {
    misspellings_reach_nothing(RawPath::Decoded).await;
}

#[tokio::test]
async fn f4_f5_misspelled_paths_reach_nothing_when_the_gateway_leaves_them_as_they_are() {
    misspellings_reach_nothing(RawPath::Verbatim).await;
}

#[tokio::test]
async fn f4_another_case_is_another_path() {
    let app = TestApp::start().await;
    let owner = app.client_of("owner@aurora.example").await;
    for route in ROUTES.iter().filter(|route| !matches!(route.access, Access::Public(_)) && !route.is_unsafe()) {
        let path = route.path.replace("{id}", "x").to_uppercase();
        assert_eq!(owner.get(&path).await.status(), 404, "{path}");
    }
}
