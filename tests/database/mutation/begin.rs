//! `app.begin` and what stands behind it: every check taken out or loosened, and the tests of the ordinary run tried
//! against a database that has it so.

use std::{collections::BTreeSet, env, fs, path::PathBuf, process::Stdio};

use dev::world::TEST_WORLD_VARIABLE;
use tokio::process::Command;
use tokio_postgres::Client;

use super::Report;
use crate::app::{connect_directly, world};

/// A piece of a function's source, what stands there instead, and the test that is to notice.
type Mutation = (&'static str, &'static str, &'static str);

#[rustfmt::skip]
const CHECK_CLAIMS: &[Mutation] = &[
    ("if app.context_payload() is not null then", "if false then", "begin::b6_a_transaction_begins_once"),
    ("r.rolname = session_user", "r.rolname = current_user", "begin::b5_a_login_that_bypasses"),
    ("(r.rolsuper or r.rolbypassrls)", "r.rolsuper", "begin::b5_a_login_that_bypasses"),
    ("(r.rolsuper or r.rolbypassrls)", "r.rolbypassrls", "begin::b5_a_login_that_bypasses"),
    ("= sha256(mac)", "is not null", "begin::b6_no_mac"),
    ("jsonb_typeof(claim -> 'exp') = 'number'", "true", "claims::b6_a_field"),
    ("data_exception or program_limit_exceeded", "program_limit_exceeded", "claims::b6_what_is_no_object"),
    ("data_exception or program_limit_exceeded", "data_exception", "claims::b6_nesting"),
    ("jsonb_typeof(claim -> 'sub') is distinct from 'string'", "false", "claims::b6_a_field"),
    ("claim ->> 'sub' = ''", "false", "claims::b6_a_field"),
    ("jsonb_typeof(claim -> 'sid') is distinct from 'string'", "false", "claims::b6_a_field"),
    ("claim ->> 'sid' = ''", "false", "claims::b6_a_field"),
    ("jsonb_typeof(claim -> 'org_id') is distinct from 'string'", "false", "claims::b6_a_field"),
    ("claim ->> 'org_id' = ''", "false", "claims::b6_a_field"),
    ("or expires_at is null", "", "claims::b6_a_field"),
    ("jsonb_typeof(claim #> '{act,sub}') is distinct from 'string'", "false", "claims::b6_a_field"),
    ("claim #>> '{act,sub}' = ''", "false", "claims::b6_a_field"),
    ("if expires_at + 5 <=", "if expires_at + 3600 <=", "claims::b6_claims_expire"),
    ("<= extract(epoch from clock_timestamp())", "<= extract(epoch from transaction_timestamp())", "claims::b6_the_clock"),
    ("and u.deleted_at is null", "", "standing::a11_a_deleted_user"),
    ("and o.deleted_at is null", "", "standing::a11_a_deleted_organization"),
    ("and m.status = 'active'", "", "standing::a11_a_membership"),
    ("m.org_id = o.id and", "", "standing::a11_the_seeded_people"),
    ("and m.workos_user_id = u.workos_user_id", "", "standing::a11_the_seeded_people"),
    ("on r.sid = claim ->> 'sid'", "on false", "standing::a11_a_revoked_session"),
    ("if asking.workos_user_id is null then", "if false then", "standing::a11_the_seeded_people"),
    ("elsif asking.is_revoked then", "elsif false then", "standing::a11_a_revoked_session"),
    ("elsif asking.org_id is null then", "elsif false then", "standing::a11_the_seeded_people"),
    ("elsif asking.role is null then", "elsif false then", "standing::a11_the_seeded_people"),
    ("'impersonator', claim #>> '{act,sub}'", "'impersonator', null", "begin::b6_an_impersonator"),
    ("case when statement_timestamp() = transaction_timestamp() then app.virtual_transaction() end", "null",
     "replay::b6_a_context_of_the_same_message"),
];

#[rustfmt::skip]
const CONTEXT_PAYLOAD: &[Mutation] = &[
    ("where sha256(", "where true or sha256(", "forgery::b6_b15"),
    ("made_in is not null and made_in <> app.virtual_transaction()", "false", "replay::b6_a_context_of_the_same_message"),
];

const CONTEXT_FIELD: &[Mutation] = &[("if payload is null then", "if false then", "escape::b6_a_role_that_is_taken")];

#[rustfmt::skip]
const BEGIN: &[Mutation] = &[
    ("perform pg_catalog.set_config('app.context', granted.context, true);", "", "begin::b6_a_begun_transaction"),
    ("perform pg_catalog.set_config('request.jwt.claims', claims, true);", "", "begin::b6_a_begun_transaction"),
    ("perform pg_catalog.set_config('search_path', 'public, pg_temp', true);", "", "escape::b6_a_search_path"),
    ("perform pg_catalog.set_config('role', 'authenticated', true);", "", "begin::b6_a_begun_transaction"),
    ("('app.context', granted.context, true)", "('app.context', granted.context, false)", "replay::b15_nothing_of_a_scope"),
    ("('request.jwt.claims', claims, true)", "('request.jwt.claims', claims, false)", "replay::b15_nothing_of_a_scope"),
    ("('search_path', 'public, pg_temp', true)", "('search_path', 'public, pg_temp', false)",
     "replay::b15_nothing_of_a_scope"),
    ("('role', 'authenticated', true)", "('role', 'authenticated', false)", "replay::b15_nothing_of_a_scope"),
];

const FUNCTIONS: [(&str, &[Mutation]); 4] = [
    (CHECKER, CHECK_CLAIMS),
    (READER, CONTEXT_PAYLOAD),
    ("app.context_field(text)", CONTEXT_FIELD),
    ("app.begin(text, bytea)", BEGIN),
];

/// Who makes a context, and who reads it.
const CHECKER: &str = "app.check_claims(text, bytea)";
const READER: &str = "app.context_payload()";

/// What a context is bound to; the two functions agree on it.
#[rustfmt::skip]
const BINDING: [Mutation; 2] = [
    ("' ', pg_backend_pid(),", "' ', 0,", "replay::b6_a_context_is_of_one_backend"),
    ("extract(epoch from transaction_timestamp()),", "0,", "replay::b6_a_context_of_an_earlier_transaction"),
];

#[tokio::test]
async fn b6_every_check_of_a_begin_is_missed() {
    let single =
        FUNCTIONS.iter().flat_map(|(function, mutations)| mutations.iter().map(move |of| (vec![*function], of)));
    let both = BINDING.iter().map(|of| (vec![CHECKER, READER], of));
    let superuser = connect_directly(&world().superuser_url("postgres")).await;
    let mut report = Report::default();
    for (number, (functions, mutation)) in single.chain(both).enumerate() {
        let template = Template::clone(&superuser, number).await;
        for function in &functions {
            template.mutate(function, mutation).await;
        }
        let noticed = template.failing_test(mutation.2).await;
        template.drop(&superuser).await;
        report.add(format!("{}: {:?} instead of {:?}", functions.join(" and "), mutation.1, mutation.0), noticed);
    }
    report.finish("begin", 40);
}

#[tokio::test]
async fn b6_the_tests_that_miss_a_check_pass_with_it_and_no_check_is_forgotten() {
    let superuser = connect_directly(&world().superuser_url("postgres")).await;
    let template = Template::clone(&superuser, 1000).await;
    for (function, mutations) in FUNCTIONS {
        template.assert_every_refusal_is_mutated(function, mutations).await;
    }
    let tests: BTreeSet<&str> =
        FUNCTIONS.iter().flat_map(|(_, mutations)| *mutations).chain(&BINDING).map(|mutation| mutation.2).collect();
    for test in tests {
        assert_eq!(template.failing_test(test).await, None, "{test}");
    }
    template.drop(&superuser).await;
}

async fn source(client: &Client, function: &str) -> String {
    let definition = "select pg_get_functiondef($1::text::regprocedure)";
    client.query_one(definition, &[&function]).await.expect("the function").get(0)
}

/// A template database of its own, and a world whose tests clone it.
struct Template {
    name: String,
    world_file: PathBuf,
}

impl Template {
    async fn clone(superuser: &Client, number: usize) -> Self {
        let name = format!("mutated_{number}");
        let create = format!("create database {name} template {} owner eleva_owner", world().template_database);
        superuser.batch_execute(&create).await.expect("the template can be cloned");
        let mut mutated = world().clone();
        mutated.template_database = name.clone();
        mutated.scratch = world().scratch.join(&name);
        fs::create_dir_all(&mutated.scratch).expect("the scratch folder can be written");
        let world_file = mutated.scratch.join("world.json");
        mutated.write(&world_file).expect("the world can be written");
        Self { name, world_file }
    }

    async fn mutate(&self, function: &str, (from, to, _): &Mutation) {
        let client = connect_directly(&world().superuser_url(&self.name)).await;
        let source = source(&client, function).await;
        assert!(source.contains(from), "{function} has no {from:?} any more");
        client.batch_execute(&source.replace(from, to)).await.unwrap_or_else(|error| panic!("{from} → {to}: {error}"));
    }

    /// A new refusal has to be listed: each condition before a `raise` holds a piece that some mutation replaces.
    async fn assert_every_refusal_is_mutated(&self, function: &str, mutations: &[Mutation]) {
        let source = source(&connect_directly(&world().superuser_url(&self.name)).await, function).await;
        for (raise, _) in source.match_indices("raise exception") {
            let condition = source[..raise].rfind("if ").expect("a refusal has a condition");
            let condition = &source[condition..raise];
            let is_mutated = mutations.iter().any(|(from, ..)| condition.contains(from.trim_start_matches("els")));
            assert!(is_mutated, "no mutation of {function} is of {condition}");
        }
    }

    /// Runs a test against it; the first line of what failed, if something did.
    async fn failing_test(&self, test: &str) -> Option<String> {
        let mut command = Command::new(env::current_exe().expect("this program"));
        command.env(TEST_WORLD_VARIABLE, &self.world_file).env("RUST_BACKTRACE", "0").stdin(Stdio::null());
        let output = command.arg(format!("database::{test}")).output().await.expect("this program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!said.contains("running 0 tests"), "there is no test {test}");
        match output.status.code() {
            Some(0) => None,
            Some(101) => Some(said.lines().find(|line| line.contains("panicked")).unwrap_or(test).to_owned()),
            other => panic!("{test} ended with {other:?}: {said}"),
        }
    }

    async fn drop(self, superuser: &Client) {
        let drop = format!("drop database {} with (force)", self.name);
        superuser.batch_execute(&drop).await.expect("the database can be dropped");
    }
}
