//! Who may do what with the rows of which table: statements, each with what comes of it for everybody who asks
//! (hardening B7, B9, B10).

mod asker;
mod completeness;
mod events;
mod members;
mod moves;
mod people;
mod standing;
mod system;

use super::clinics::Clinics;
use crate::app::TestApp;
use asker::ASKERS;

/// A statement, and what comes of it for each of the [`ASKERS`], in their order: the number of rows, `x` for a
/// privilege that is lacking, `?` for a context that is lacking, otherwise the SQLSTATE.
///
/// In the statement `{self}` is who asks, `{colleague}` somebody else of the same organization, `{own}` the current
/// organization and `{other}` the other one. A login without a context has those of Aurora's owner.
type Case = (&'static str, &'static str);

/// Tries every case as everybody, and reports all that came out otherwise.
async fn assert_outcomes<S: AsRef<str>>(cases: &[(S, &str)]) {
    let app = TestApp::start().await;
    let clinics = Clinics::with_events(&app).await;
    let mut sessions = Vec::new();
    for asker in &ASKERS {
        sessions.push(asker.session(&app, &clinics).await);
    }
    let mut wrong = Vec::new();
    for (statement, expected) in cases {
        let statement = statement.as_ref();
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(expected.len(), ASKERS.len(), "everybody has an outcome for {statement}");
        for ((asker, session), expected) in ASKERS.iter().zip(&sessions).zip(expected) {
            let outcome = session.outcome(statement).await;
            if outcome != expected {
                wrong.push(format!("{}: {outcome} instead of {expected}: {statement}", asker.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
