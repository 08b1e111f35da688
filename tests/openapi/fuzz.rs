//! schemathesis against the product, once for everybody who may ask: with every role, with none, and as a browser.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    time::{Duration, Instant},
};

use super::{
    listener::{Answers, Listener},
    schemathesis::Run,
};
use crate::{
    app::{PUBLIC_URL, TestApp, world},
    records,
    routes::{ROUTES, Route},
};

/// Signing out ends the session that the other requests need; it has a run of its own.
const ALL_BUT_SIGN_OUT: &[&str] = &["--exclude-operation-id", "signOut"];

/// Who asks, and what for.
struct Visit {
    name: &'static str,
    /// Whose session the requests carry.
    email: Option<&'static str>,
    accept: &'static str,
    operations: &'static [&'static str],
    /// The fewest requests that make it a visit: fewer mean that hardly anything was tried.
    floor: usize,
}

const API: Visit =
    Visit { name: "api", email: None, accept: "application/json", operations: ALL_BUT_SIGN_OUT, floor: 700 };

impl Visit {
    /// Pays it, and panics over whatever schemathesis finds.
    async fn pay(self) {
        let app = TestApp::start().await;
        // The one that the examples name.
        let meeting = "9d0a5c1e-3a52-4e55-8f0e-2f0f5d1c7b11".parse().expect("an id");
        records::meeting_of_id(&app, records::OWNER_ID, records::AURORA, Some(meeting)).await;
        // The session must hold to the end: schemathesis takes no cookie back.
        app.workos().control().set_token_lifetime(Duration::from_secs(3_600));
        // As from a page of ours: without it, whatever carries no JSON is `cross_site` before its method is looked at.
        // tests/routes/access.rs holds that.
        let mut headers = vec![format!("Accept: {}", self.accept), format!("Origin: {PUBLIC_URL}")];
        if let Some(email) = self.email {
            let cookies = app.client_of(email).await.cookies().expect("a session");
            headers.push(format!("Cookie: {cookies}"));
        }
        let listener = Listener::start(app.gateway().clone()).await;
        let url = listener.url();
        let max_examples = if world().is_thorough { 250 } else { 25 };
        let run = Run { name: self.name, url: &url, headers, operations: self.operations, max_examples };
        let started = Instant::now();
        let outcome = run.outcome().await;
        let answers = listener.answers();
        self.report(&answers, started.elapsed());
        if let Err(said) = outcome {
            panic!("{}: {said}", self.name);
        }
        self.assert_thorough(&answers);
        let failures = app.gateway().take_failures();
        assert!(failures.is_empty(), "{}: {failures:?}", self.name);
    }

    /// Says what was done, past the harness, which keeps what passing tests print to itself.
    fn report(&self, answers: &Answers, elapsed: Duration) {
        let mut by_status: BTreeMap<u16, usize> = BTreeMap::new();
        for ((_, _, status), count) in answers {
            *by_status.entry(*status).or_default() += count;
        }
        let (name, count, seconds) = (self.name, answers.values().sum::<usize>(), elapsed.as_secs());
        let line = format!("schemathesis, {name}: {count} cases in {seconds} s, by status {by_status:?}\n");
        io::stderr().write_all(line.as_bytes()).expect("standard error takes it");
    }

    fn assert_thorough(&self, answers: &Answers) {
        let count: usize = answers.values().sum();
        assert!(count >= self.floor, "{}: {count} cases are fewer than {}", self.name, self.floor);
        if self.operations != ALL_BUT_SIGN_OUT {
            return;
        }
        for route in ROUTES.iter().filter(|route| route.path != "/auth/sign-out") {
            let is_asked = answers.keys().any(|(method, path, _)| method == route.method && is_of(path, route));
            assert!(is_asked, "{}: nobody asked {route:?}", self.name);
        }
    }
}

/// Whether a path is one of a route's: a place holder stands for one segment.
fn is_of(path: &str, route: &Route) -> bool {
    let (segments, pattern): (Vec<_>, Vec<_>) = (path.split('/').collect(), route.path.split('/').collect());
    let fits = |(segment, part): (&&str, &&str)| segment == part || part.starts_with('{');
    segments.len() == pattern.len() && segments.iter().zip(&pattern).all(fits)
}

#[tokio::test]
async fn the_description_holds_for_nobody() {
    Visit { name: "nobody", operations: &[], ..API }.pay().await;
}

#[tokio::test]
async fn the_description_holds_for_an_owner() {
    Visit { name: "owner", email: Some("owner@aurora.example"), ..API }.pay().await;
}

#[tokio::test]
async fn the_description_holds_for_an_administrator() {
    Visit { name: "admin", email: Some("admin@aurora.example"), ..API }.pay().await;
}

#[tokio::test]
async fn the_description_holds_for_a_member() {
    Visit { name: "member", email: Some("member@aurora.example"), ..API }.pay().await;
}

#[tokio::test]
async fn the_description_holds_for_a_billing_administrator() {
    Visit { name: "billing_admin", email: Some("billing-admin@aurora.example"), ..API }.pay().await;
}

#[tokio::test]
async fn the_description_holds_for_a_browser() {
    Visit { name: "browser", email: Some("owner@aurora.example"), accept: "text/html", ..API }.pay().await;
}

#[tokio::test]
async fn the_description_holds_for_whoever_signs_out() {
    // One operation alone has no links to follow.
    let operations = &["--include-operation-id", "signOut", "--phases", "examples,coverage,fuzzing"];
    Visit { name: "sign-out", email: Some("owner@aurora.example"), operations, floor: 30, ..API }.pay().await;
}
