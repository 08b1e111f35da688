//! Tables and what is on them.

use super::{Migrated, tells, told};

#[tokio::test]
async fn b17_b19_a_new_table_is_named_with_what_it_lacks_and_who_reaches_it() {
    tells(
        "set role eleva_owner;
         create table notes (id integer primary key, secret text not null);
         grant select, update (secret) on notes to authenticated",
        &[
            "not defined by the migrations: table public.notes: owned by owner; row security disabled; no policy",
            "not defined by the migrations: grant select on table public.notes to authenticated",
            "not defined by the migrations: grant update on table public.notes to authenticated: columns secret",
        ],
    )
    .await;
}

#[tokio::test]
async fn b19_a_table_that_is_gone_is_one_line() {
    tells(
        "drop table revoked_sessions",
        &["missing: table public.revoked_sessions: owned by owner; row security enabled and forced"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_table_of_somebody_else_s_differs() {
    tells(
        "alter table events owner to postgres",
        &["differs: table public.events: owned by postgres (migrations: owned by owner)"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_view_a_rule_a_type_and_a_sequence_are_named() {
    tells(
        "create view everybody as select u.email from users u;
         create rule stay as on delete to events do instead nothing;
         create materialized view counted as select count(*) as number from users;
         create type mood as enum ('good', 'bad');
         create domain short as text check (char_length(value) < 10);
         create sequence counter",
        &[
            // From PostgreSQL 16 on, a column is not told with a table's name that goes without saying.
            "not defined by the migrations: view public.everybody: owned by postgres; as SELECT …",
            "not defined by the migrations: rule stay on public.events: CREATE RULE stay AS ON DELETE TO public.events \
             DO INSTEAD NOTHING;",
            "not defined by the migrations: materialized-view public.counted: owned by postgres; as SELECT count(*) AS …",
            "not defined by the migrations: type public.mood: enumeration; owned by postgres; 'good', 'bad'",
            "not defined by the migrations: type public.short: domain; owned by postgres; text; \
             CHECK ((char_length(VALUE) < 10))",
            "not defined by the migrations: sequence public.counter: owned by postgres; bigint; \
             from 1 to 9223372036854775807, start 1, step 1",
        ],
    )
    .await;
}

#[tokio::test]
async fn b14_b19_a_column_that_was_changed_added_or_dropped_is_named() {
    tells(
        "alter table events alter column org_id drop not null, alter column price set default 1;
         alter table events add column secret text;
         alter table events drop column stripe_price_id cascade",
        &[
            "differs: column public.events.org_id: lacks not null",
            "differs: column public.events.price: default 1 (migrations: default 0)",
            "not defined by the migrations: column public.events.secret: text",
            "missing: column public.events.stripe_price_id: text",
            "missing: constraint events_stripe_price_id_check on public.events: \
             CHECK ((char_length(stripe_price_id) <= 255))",
        ],
    )
    .await;
}

#[tokio::test]
async fn b19_a_constraint_that_was_dropped_or_weakened_is_named() {
    tells(
        "alter table events drop constraint events_price_check;
         alter table events drop constraint events_name_check;
         alter table events add constraint events_name_check check (char_length(name) > 0) not valid",
        &[
            "missing: constraint events_price_check on public.events: CHECK ((price >= 0))",
            "differs: constraint events_name_check on public.events: CHECK ((char_length(name) > 0)) NOT VALID \
             (migrations: CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))))",
        ],
    )
    .await;
}

#[tokio::test]
async fn b19_an_index_that_was_dropped_is_missing() {
    tells(
        "drop index events_list_idx; create index events_name_idx on events (name)",
        &[
            "missing: index events_list_idx on public.events: CREATE INDEX events_list_idx ON public.events USING btree \
             (org_id, workos_user_id, \"order\", created_at, id)",
            "not defined by the migrations: index events_name_idx on public.events: CREATE INDEX events_name_idx ON \
             public.events USING btree (name)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b9_b19_a_trigger_that_was_dropped_or_disabled_is_named() {
    tells(
        "drop trigger events_org_id_immutable on events;
         alter table events disable trigger events_touch",
        &[
            "missing: trigger events_org_id_immutable on public.events: CREATE TRIGGER events_org_id_immutable …",
            "differs: trigger events_touch on public.events: disabled (migrations: enabled)",
        ],
    )
    .await;
}

#[tokio::test]
async fn b14_b19_a_foreign_key_whose_triggers_were_disabled_differs() {
    let migrated = Migrated::then("alter table events disable trigger all").await;
    let report = migrated.check().fail().await;
    let line = "differs: constraint events_org_id_fkey on public.events: its triggers are disabled \
                (migrations: nothing of the kind)";
    assert!(told(&report).contains(&line), "{report}");
}

#[tokio::test]
async fn b19_a_schema_an_extension_and_a_publication_are_named() {
    tells(
        "create schema reporting authorization eleva_owner;
         create extension pg_trgm schema reporting;
         create publication everything for all tables",
        &[
            "not defined by the migrations: schema reporting: owned by owner",
            "not defined by the migrations: extension pg_trgm: in schema reporting",
            "not defined by the migrations: publication everything: owned by postgres; all tables",
        ],
    )
    .await;
}
