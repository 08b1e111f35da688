//! A context belongs to the transaction that it was made in: read out there, it opens no other one (hardening B6, B15).

use std::collections::BTreeSet;

use dev::world::Login;
use tokio_postgres::{Client, types::Type};

use super::{
    NO_CONTEXT,
    clinics::{AURORA, BOTH, BOTH_IN_AURORA, Clinics, NORTE, NORTE_OWNER, aurora_owner},
    refusal,
    seen::seen,
    signed::Signed,
};
use crate::app::{BeginClaims, TestApp, world};

async fn context(client: &Client) -> String {
    let row = client.query_typed_one("select current_setting('app.context')", &[]).await;
    row.expect("anybody may read it").get(0)
}

async fn replay(client: &Client, context: &str) {
    let set = "select set_config('app.context', $1, true), set_config('role', 'authenticated', true)";
    client.query_typed(set, &[(&context, Type::TEXT)]).await.expect("anybody may set it");
}

/// Asserts that the transaction which the client is in has nobody who asks.
async fn assert_nobody(client: &Client, when: &str) {
    assert_eq!(seen(client).await, BTreeSet::new(), "{when}");
    let refused = refusal(client.batch_execute("select app.user_id()").await);
    assert_eq!(refused.as_deref(), Some(NO_CONTEXT), "{when}");
}

#[tokio::test]
async fn b6_a_context_of_another_connection_is_none() {
    let app = TestApp::start().await;
    Clinics::on_stage(&app).await;
    let victim = app.begin_as(NORTE_OWNER, NORTE).await;
    let stolen = context(&victim.client).await;

    let client = app.connect_as(Login::App).await;
    client.batch_execute("begin").await.expect("a transaction");
    replay(&client, &stolen).await;
    assert_nobody(&client, "without a begin").await;
    client.batch_execute("rollback; begin").await.expect("a transaction");
    Signed::from(&aurora_owner()).call(&client).await.expect("begun");
    replay(&client, &stolen).await;
    assert_nobody(&client, "over one's own").await;
    victim.client.batch_execute("select app.user_id(); commit").await.expect("the victim was inside all the time");
}

#[tokio::test]
async fn b6_a_context_of_an_earlier_transaction_of_the_same_connection_is_none() {
    let app = TestApp::start().await;
    Clinics::on_stage(&app).await;
    let pooler = world().start_pgbouncer("replay", world().postgres_port, 1).await.expect("one server connection");
    let victim = app.connect_at(pooler.port(), Login::App).await;
    victim.batch_execute("begin").await.expect("a transaction");
    Signed::from(&BeginClaims::new(NORTE_OWNER, NORTE)).call(&victim).await.expect("begun");
    let stolen = context(&victim).await;
    let backend = "select pg_backend_pid()";
    let pid: i32 = victim.query_typed_one(backend, &[]).await.expect("a row").get(0);
    victim.batch_execute("commit").await.expect("its end");

    let client = app.connect_at(pooler.port(), Login::App).await;
    client.batch_execute("begin").await.expect("a transaction");
    assert_eq!(client.query_typed_one(backend, &[]).await.expect("a row").get::<_, i32>(0), pid, "the same backend");
    replay(&client, &stolen).await;
    assert_nobody(&client, "without a begin").await;
    client.batch_execute("rollback; begin").await.expect("a transaction");
    Signed::from(&aurora_owner()).call(&client).await.expect("begun");
    replay(&client, &stolen).await;
    assert_nobody(&client, "over one's own").await;
}

/// A context for a backend and a moment, made with the key that only the owner and `eleva_definer` can read.
const MAKE: &str = "
    select encode(
             sha256(outer_pad || sha256(inner_pad || convert_to(concat_ws(' ', $1::text, $2::text, $3::text), 'UTF8'))),
             'hex'
           ) || $3
      from context_key";

#[tokio::test]
async fn b6_a_context_is_of_one_backend_and_one_moment_and_says_what_was_signed() {
    let app = TestApp::start().await;
    let (clinics, _) = Clinics::on_stage(&app).await;
    let owner = app.owner().await;
    let client = app.connect_as(Login::App).await;
    client.batch_execute("begin").await.expect("a transaction");
    let here = "select pg_backend_pid() as pid, extract(epoch from transaction_timestamp())::text as moment";
    let row = client.query_typed_one(here, &[]).await.expect("a row");
    let (pid, moment): (i32, String) = (row.get("pid"), row.get("moment"));
    let payload = serde_json::json!({"user_id": NORTE_OWNER, "org_id": clinics.norte, "role": "owner"}).to_string();
    let make = async |pid: i32, moment: &str| -> String {
        owner.query_one(MAKE, &[&pid.to_string(), &moment, &payload]).await.expect("a context").get(0)
    };
    let right = make(pid, &moment).await;
    for (what, forged) in [
        ("another backend's", make(pid + 1, &moment).await),
        ("another moment's", make(pid, &format!("{moment}1")).await),
        ("another payload's", right.replace("owner", "admin")),
        ("a mac in capitals", right[..64].to_uppercase() + &right[64..]),
    ] {
        client.batch_execute("savepoint before").await.expect("a savepoint");
        replay(&client, &forged).await;
        assert_nobody(&client, what).await;
        client.batch_execute("rollback to savepoint before").await.expect("a savepoint");
    }
    replay(&client, &right).await;
    let row = client.query_typed_one("select app.user_id()", &[]).await.expect("nothing else was wrong");
    assert_eq!(row.get::<_, &str>(0), NORTE_OWNER);
}

#[tokio::test]
async fn b6_a_context_of_the_same_message_is_none_in_its_next_transaction() {
    let app = TestApp::start().await;
    Clinics::on_stage(&app).await;
    let client = app.connect_as(Login::App).await;
    let call = Signed::from(&BeginClaims::new(NORTE_OWNER, NORTE)).statement();
    let keep = "select set_config('test.kept', current_setting('app.context'), false)";
    let take = "
        set local role authenticated;
        select set_config('app.context', current_setting('test.kept'), true);
        select app.user_id()";
    // All transactions of one message start at the same time, as far as the server says.
    for (first, next) in [("begin", "commit; begin"), ("select", "commit; begin"), ("begin", "commit and chain")] {
        let within = format!("{first}; {call}; {keep}; select app.user_id(); rollback");
        client.batch_execute(&within).await.expect("the message itself is in order");
        let message = format!("{first}; {call}; {keep}; {next}; {take}; select org_id from public.events; commit");
        let refused = refusal(client.batch_execute(&message).await);
        assert_eq!(refused.as_deref(), Some(NO_CONTEXT), "{first} … {next}");
        client.batch_execute("rollback").await.expect("its end");
    }
}

#[tokio::test]
async fn b6_a_context_is_none_in_the_next_transaction_of_a_block_that_commits() {
    let app = TestApp::start().await;
    Clinics::on_stage(&app).await;
    let client = app.connect_as(Login::App).await;
    let call = Signed::from(&BeginClaims::new(NORTE_OWNER, NORTE)).statement().replacen("select", "perform", 1);
    for between in ["commit", "rollback"] {
        let block = format!(
            "do $block$
             declare kept text;
             begin
               {call};
               kept := current_setting('app.context');
               perform app.user_id();
               {between};
               perform set_config('app.context', kept, true), set_config('role', 'authenticated', true);
               perform app.user_id();
             end
             $block$"
        );
        assert_eq!(refusal(client.batch_execute(&block).await).as_deref(), Some(NO_CONTEXT), "{between}");
    }
}

#[tokio::test]
async fn b15_nothing_of_a_scope_stays_for_the_next_transaction() {
    let app = TestApp::start().await;
    let pooler = world().start_pgbouncer("leftovers", world().postgres_port, 1).await.expect("one server connection");
    let client = app.connect_at(pooler.port(), Login::App).await;
    client.batch_execute("select set_config('search_path', 'nowhere', false)").await.expect("anybody may set it");
    client.batch_execute("begin").await.expect("a transaction");
    Signed::from(&aurora_owner()).call(&client).await.expect("begun");
    client.batch_execute("commit").await.expect("its end");
    let left = "
        select concat_ws(' | ', current_user, current_setting('app.context', true),
                         current_setting('request.jwt.claims', true), current_setting('search_path'))";
    let row = client.query_typed_one(left, &[]).await.expect("a row");
    assert_eq!(row.get::<_, &str>(0), "eleva_app |  |  | nowhere", "as it was before");
}

#[tokio::test]
async fn b6_a_begin_that_is_rolled_back_to_a_savepoint_is_undone() {
    let app = TestApp::start().await;
    Clinics::on_stage(&app).await;
    let client = app.connect_as(Login::App).await;
    client.batch_execute("begin; savepoint before").await.expect("a transaction");
    Signed::from(&aurora_owner()).call(&client).await.expect("begun");
    client.batch_execute("rollback to savepoint before").await.expect("back before the begin");
    assert_eq!(refusal(client.batch_execute("select app.user_id()").await).as_deref(), Some("42501"));
    client.batch_execute("rollback to savepoint before; set local role authenticated").await.expect("back again");
    assert_nobody(&client, "after the rollback").await;
}

#[tokio::test]
async fn b6_a_member_of_two_organizations_is_in_the_one_that_the_transaction_began_with() {
    let app = TestApp::start().await;
    let (clinics, stage) = Clinics::on_stage(&app).await;
    let in_norte = app.begin_as(BOTH, NORTE).await;
    let norte = context(&in_norte.client).await;
    let begun = app.begin_as(BOTH, AURORA).await;
    assert_eq!(seen(&begun.client).await, {
        let rightful = stage.rightful(BOTH_IN_AURORA);
        assert!(rightful.contains(&format!("organizations of {}", clinics.norte)), "one's other organization is there");
        assert!(!rightful.contains(&format!("events of {}", clinics.norte)), "and its events are not");
        rightful
    });
    replay(&begun.client, &norte).await;
    assert_nobody(&begun.client, "with one's own context of the other organization").await;
}
