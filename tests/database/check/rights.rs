//! Rights on tables, columns, sequences, schemas and the database.

use super::tells;

#[tokio::test]
async fn b17_b19_a_right_that_was_added_is_named() {
    tells(
        "grant delete on users to eleva_identity",
        &["not defined by the migrations: grant delete on table public.users to eleva_identity"],
    )
    .await;
    tells(
        "grant usage on sequence blocked_dates_id_seq to authenticated",
        &["not defined by the migrations: grant usage on sequence public.blocked_dates_id_seq to authenticated"],
    )
    .await;
}

#[tokio::test]
async fn b7_b19_a_right_on_one_more_column_is_named() {
    tells(
        "grant update (email) on users to authenticated",
        &["differs: grant update on table public.users to authenticated: \
           columns country, email, first_name, image_url, last_name \
           (migrations: columns country, first_name, image_url, last_name)"],
    )
    .await;
    tells(
        "grant select (email) on users to authenticated",
        &["not defined by the migrations: grant select on table public.users to authenticated: columns email"],
    )
    .await;
}

#[tokio::test]
async fn b7_b19_a_right_on_the_whole_table_differs_from_one_on_columns() {
    tells(
        "grant update on users to authenticated",
        &["differs: grant update on table public.users to authenticated: all columns \
           (migrations: nothing of the kind)"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_right_that_is_gone_is_missing() {
    tells(
        "revoke delete on events from authenticated",
        &["missing: grant delete on table public.events to authenticated"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_right_to_pass_on_differs() {
    tells(
        "grant select on events to authenticated with grant option",
        &["differs: grant select on table public.events to authenticated: with grant option \
           (migrations: nothing of the kind)"],
    )
    .await;
}

#[tokio::test]
async fn b19_what_everybody_is_given_the_functions_login_has_too() {
    tells(
        "grant select on events to public",
        &[
            "not defined by the migrations: grant select on table public.events to public",
            "differs: session tables within reach by itself of eleva_app: public.events (migrations: none)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b17_b19_a_schema_that_was_opened_is_named() {
    tells(
        "grant usage on schema refinery to eleva_exporter; grant create on schema app to authenticated",
        &[
            "not defined by the migrations: grant usage on schema refinery to eleva_exporter",
            "not defined by the migrations: grant create on schema app to authenticated",
        ],
    )
    .await;
    tells(
        "grant create on schema public to eleva_identity",
        &[
            "not defined by the migrations: grant create on schema public to eleva_identity",
            "differs: session making a table of eleva_identity: possible (migrations: 42501)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b5_b19_a_database_that_was_opened_is_named() {
    tells(
        "do $do$ begin
           execute format('grant temporary on database %I to public', current_database());
           execute format('grant create on database %I to eleva_exporter', current_database());
         end $do$",
        &[
            "not defined by the migrations: grant temporary on the database to public",
            "not defined by the migrations: grant create on the database to eleva_exporter",
            "differs: session making a temporary table of eleva_app: possible (migrations: 42501)",
            "differs: session making a temporary table of eleva_identity: possible (migrations: 42501)",
            "differs: session making a temporary table of eleva_exporter: possible (migrations: 42501)",
            "differs: session making a schema of eleva_exporter: possible (migrations: 42501)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b17_b19_what_the_owner_makes_later_is_nobody_s_or_named() {
    tells(
        "alter default privileges for role eleva_owner grant execute on functions to public;
         alter default privileges for role eleva_owner in schema public grant select, delete on tables to authenticated",
        &[
            "missing: defaults functions of owner: for nobody else",
            "not defined by the migrations: defaults tables of owner in schema public: \
             delete to authenticated, select to authenticated",
        ],
    )
    .await;
}

#[tokio::test]
async fn b5_b19_a_right_on_the_server_s_own_functions_is_named() {
    tells(
        "grant execute on function pg_catalog.pg_read_file(text) to eleva_app",
        &["not defined by the migrations: grant something on function pg_read_file(text) to eleva_app"],
    )
    .await;
}

#[tokio::test]
async fn b5_b19_a_login_that_owns_something_is_named() {
    tells(
        "create table mine (id integer); alter table mine owner to eleva_app",
        &[
            "not defined by the migrations: table public.mine: owned by eleva_app; row security disabled; no policy",
            "differs: session possessions of eleva_app: …",
            "differs: session tables within reach by itself of eleva_app: public.mine (migrations: none)",
        ],
    )
    .await;
}
