//! Functions: whose rights they run with, what they do, and who may call them.

use super::tells;

#[tokio::test]
async fn b6_b19_a_function_with_another_body_differs() {
    tells(
        "create or replace function app.refuse_move() returns trigger language plpgsql as 'begin return new; end'",
        &["differs: function app.refuse_move(): body sha256:…"],
    )
    .await;
    tells(
        "create or replace function app.virtual_transaction() returns text language sql volatile parallel restricted
           return null::text",
        &["differs: function app.virtual_transaction(): body RETURN NULL::text (migrations: body RETURN (SELECT …"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_function_of_another_owner_differs() {
    tells(
        "alter function app.org_id() owner to postgres",
        &["differs: function app.org_id(): owned by postgres (migrations: owned by eleva_definer)"],
    )
    .await;
}

#[tokio::test]
async fn b6_b19_a_function_that_lost_what_protects_it_differs() {
    tells(
        "alter function app.org_id() security invoker",
        &["differs: function app.org_id(): security invoker (migrations: security definer)"],
    )
    .await;
    tells(
        "alter function app.org_id() reset search_path",
        &["differs: function app.org_id(): lacks set search_path=pg_catalog, pg_temp"],
    )
    .await;
    tells(
        "alter function app.org_id() set search_path = public parallel safe",
        &["differs: function app.org_id(): parallel safe; set search_path=public \
           (migrations: parallel restricted; set search_path=pg_catalog, pg_temp)"],
    )
    .await;
}

#[tokio::test]
async fn b17_b19_a_right_to_call_that_was_added_is_named() {
    for (grantee, told) in [("authenticated", "authenticated"), ("public", "public")] {
        tells(
            &format!("grant execute on function app.context_payload() to {grantee}"),
            &[&format!("not defined by the migrations: grant execute on function app.context_payload() to {told}")],
        )
        .await;
    }
}

#[tokio::test]
async fn b19_a_right_to_call_that_is_gone_is_missing_and_felt() {
    tells(
        "revoke execute on function app.begin from eleva_app",
        &[
            "missing: grant execute on function app.begin(text, bytea) to eleva_app",
            "differs: session app.begin with an unsigned claim of eleva_app: 42501 (migrations: EL001)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b6_b19_a_begin_that_takes_unsigned_claims_is_caught_in_the_act() {
    tells(
        "create or replace function app.begin(claims text, mac bytea)
         returns table (org_id uuid, role text) language sql volatile parallel unsafe security invoker
         as 'select null::uuid, null::text'",
        &[
            "differs: function app.begin(text, bytea): language sql; body sha256:…",
            "differs: session app.begin with an unsigned claim of eleva_app: possible (migrations: EL001)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b17_b19_a_new_function_is_named_with_who_may_call_it() {
    tells(
        "create function app.backdoor() returns text language sql security definer return 'open';
         create procedure app.undo() language sql as '';
         grant execute on function app.backdoor() to public",
        &[
            "not defined by the migrations: function app.backdoor(): owned by postgres; security definer; …",
            "not defined by the migrations: grant execute on function app.backdoor() to public",
            "not defined by the migrations: procedure app.undo(): owned by postgres; security invoker; …",
            // What a superuser makes is PUBLIC's: the default privileges are the owner's.
            "not defined by the migrations: grant execute on procedure app.undo() to public",
        ],
    )
    .await;
}

#[tokio::test]
async fn b19_a_function_that_is_gone_is_one_line() {
    tells(
        "drop function app.me()",
        &["missing: function app.me(): owned by eleva_definer; security definer; stable; parallel restricted; …"],
    )
    .await;
}
