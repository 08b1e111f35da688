//! The sample payloads of `events/`: what `cargo lambda invoke` sends, each to the function that it is named after.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::app::{TestApp, world};

struct Sample {
    file: String,
    function: String,
    /// Whether it is a request, and not what a schedule sends to a worker.
    is_request: bool,
    payload: Value,
}

fn samples() -> Vec<Sample> {
    let folder = world().repository.join("events");
    let paths = fs::read_dir(folder).expect("events/ is there").map(|entry| entry.expect("an entry").path());
    let mut samples: Vec<Sample> = paths.map(read).collect();
    // What ends a session comes when the others have used it.
    samples.sort_by_key(|sample| (sample.function == "sign-out", sample.file.clone()));
    samples
}

fn read(path: PathBuf) -> Sample {
    let file = path.file_name().expect("a name").to_string_lossy().into_owned();
    let text = fs::read_to_string(&path).expect("a sample can be read");
    let payload: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let function = file.split('.').next().unwrap_or_default().to_owned();
    let is_request = payload.get("rawPath").is_some();
    Sample { file, function, is_request, payload }
}

#[tokio::test]
async fn every_sample_is_answered_by_its_function() {
    let app = TestApp::start().await;
    for Sample { file, function, is_request, payload } in samples() {
        if !is_request {
            let takes_requests = app.gateway().routes().patterns().any(|(_, routed)| routed == function);
            assert!(!takes_requests, "{file} has no rawPath");
            let answer = app.function(&function).invoke(payload).await;
            assert!(answer.as_ref().is_ok_and(Value::is_object), "{file}: {answer:?}");
            continue;
        }
        let path = payload["rawPath"].as_str().expect("a path").to_owned();
        let route = app.gateway().routes().find(&path).unwrap_or_else(|| panic!("{file}: no route takes {path}"));
        assert_eq!(route.function, function, "{file}: {path} is another function's");
        let answer = app.function(&function).invoke(payload).await.unwrap_or_else(|error| panic!("{file}: {error}"));
        let status = answer["statusCode"].as_u64().unwrap_or_else(|| panic!("{file}: no status in {answer}"));
        assert!((200..500).contains(&status), "{file}: {answer}");
        assert_ne!(status, 405, "{file} is of a route that does not exist");
    }
}

#[tokio::test]
async fn every_sample_opens_its_route_to_somebody_signed_in() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in_as("owner@aurora.example").await;
    let cookie = browser.jar().value("__Host-eleva-session").expect("a session").to_owned();
    for Sample { file, function, mut payload, .. } in samples().into_iter().filter(|sample| sample.is_request) {
        payload["cookies"] = vec![format!("__Host-eleva-session={cookie}")].into();
        let answer = app.function(&function).invoke(payload).await.unwrap_or_else(|error| panic!("{file}: {error}"));
        let status = answer["statusCode"].as_u64().unwrap_or_else(|| panic!("{file}: no status in {answer}"));
        assert!((200..500).contains(&status) && status != 401, "{file}: {answer}");
    }
}
