//! Who may call which function, and what it gives them (hardening B7, B17).

use std::collections::BTreeSet;

use super::{
    Stage,
    attempt::Attempts,
    cells::Tally,
    who::{EVERYBODY, Way, Who},
};
use crate::app::TestApp;

/// Who may call a function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callers {
    /// `authenticated`, and then with a context.
    People,
    /// `authenticated`, with a context or without, and `eleva_identity`: who writes a row that it checks.
    Writers,
    /// `eleva_app` by itself.
    App,
    /// `eleva_exporter`.
    Exporter,
    /// `eleva_identity` and `eleva_exporter`.
    Workers,
    /// Other functions and the operator only.
    Nobody,
}

/// A call of every function of the schema app that is no trigger's.
const CALLS: [(&str, Callers); 33] = [
    ("select from app.me()", Callers::People),
    ("select from app.members()", Callers::People),
    ("select app.user_id()", Callers::People),
    ("select app.org_id()", Callers::People),
    ("select app.role()", Callers::People),
    ("select app.is_time_zone('UTC')", Callers::Writers),
    ("select from app.begin('{}', '')", Callers::App),
    ("select from app.check_claims('{}', '')", Callers::App),
    ("select app.export_begin(null)", Callers::Exporter),
    ("select app.export_org_id()", Callers::Exporter),
    (
        "select app.audit_append('EVENT_UPDATED', 'event', null, 'success', null, null, null, null, null, null)",
        Callers::People,
    ),
    (
        "select app.audit_system(null, null, null, 'NOTHING', 'event', null, 'success', null, null, null, null, null, null)",
        Callers::Workers,
    ),
    ("select app.audit_refusal('{}', '', 'GET /', null, null, null, null)", Callers::App),
    ("select count(*) from app.audit_further_refusals(null, now(), now())", Callers::Exporter),
    ("select count(*) from app.audit_organizations_with_rows(now(), now())", Callers::Exporter),
    ("select app.audit_witness(current_date, sha256(''))", Callers::Exporter),
    ("select count(*) from app.guest_notes(gen_random_uuid(), null, null, null)", Callers::People),
    ("select app.report_guest_notes(gen_random_uuid(), 'malformed', null, null, null)", Callers::People),
    ("select app.guest_notes_org_id(gen_random_uuid())", Callers::Nobody),
    (
        "select app.audit_guest_notes(null, 'APPOINTMENT_VIEWED', null, 'success', null, null, null, null)",
        Callers::Nobody,
    ),
    ("select app.ensure_audit_partitions()", Callers::Exporter),
    ("call app.create_audit_partitions(now(), now())", Callers::Nobody),
    (
        "select app.audit_import(
             null, now(), null, 'EVENT_UPDATED', 'event', null, 'success', null, null, null, null, null)",
        Callers::Nobody,
    ),
    ("select app.audit_write(null::public.audit_logs, null)", Callers::Nobody),
    ("select app.audit_hash(null::public.audit_logs)", Callers::Nobody),
    ("select app.audit_field('x'::text)", Callers::Nobody),
    ("select app.audit_genesis(null)", Callers::Nobody),
    ("select app.audit_actions('scope')", Callers::Nobody),
    ("select app.audit_is_for_workos('EVENT_UPDATED')", Callers::Nobody),
    ("select app.context_field('org_id')", Callers::Nobody),
    ("select app.context_payload()", Callers::Nobody),
    ("select app.virtual_transaction()", Callers::Nobody),
    ("select app.touch()", Callers::Nobody),
];

#[tokio::test]
async fn b7_b17_everybody_calls_the_functions_that_are_theirs_and_no_others() {
    let app = TestApp::start().await;
    let stage = Stage::set(&app).await;
    let functions = "
        select distinct 'app.' || proname || '('
          from pg_proc
         where pronamespace = 'app'::regnamespace and prorettype <> 'trigger'::regtype";
    let functions = app.owner().await.query(functions, &[]).await.expect("the functions");
    let untried: BTreeSet<String> = functions
        .iter()
        .map(|row| row.get::<_, String>(0))
        .filter(|function| CALLS.iter().all(|(call, _)| !call.contains(function)))
        .collect();
    assert_eq!(untried, BTreeSet::new());

    let mut tally = Tally::default();
    for who in &EVERYBODY {
        let client = app.connect_as(who.login()).await;
        client.batch_execute("begin").await.expect("a transaction");
        who.enter(&client).await.unwrap_or_else(|error| panic!("{error}"));
        let attempts = Attempts::begin(&client).await;
        for (call, callers) in CALLS {
            let expected = expected(who, call, callers, &stage);
            let outcome = match attempts.rows(call).await {
                Ok(rows) => rows.to_string(),
                Err(error) => error.code().expect("the server's answer").code().to_owned(),
            };
            tally.add(outcome == expected, || format!("{}: {outcome} instead of {expected}: {call}", who.name));
        }
    }
    super::assert_right(vec![tally], 250);
}

/// The number of rows that come back, or the SQLSTATE.
fn expected(who: &Who, call: &str, callers: Callers, stage: &Stage) -> String {
    let may = match callers {
        Callers::People => who.role() == "authenticated",
        Callers::Writers => ["authenticated", "eleva_identity"].contains(&who.role()),
        Callers::App => who.role() == "eleva_app",
        Callers::Exporter => who.role() == "eleva_exporter",
        Callers::Workers => ["eleva_identity", "eleva_exporter"].contains(&who.role()),
        Callers::Nobody => false,
    };
    let answer = match (who.way, callers) {
        _ if !may => "42501",
        (Way::Begun(person), _) if call.contains("app.members") => {
            return stage.members(person.org).count().to_string();
        }
        (Way::Refused(..) | Way::Bare(..), Callers::People) => "EL009",
        // No key of the ring has signed that.
        (_, Callers::App) => "EL001",
        // Nobody writes an action of that name.
        (_, Callers::Workers) => "EL011",
        // There is no such organization.
        _ if call.contains("export_begin") => "EL004",
        _ => "1",
    };
    answer.to_owned()
}
