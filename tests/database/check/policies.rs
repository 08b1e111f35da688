//! Row-level security.

use super::tells;

#[tokio::test]
async fn b19_a_policy_that_was_dropped_is_missing() {
    tells(
        "drop policy events_tenant_select on events",
        &["missing: policy events_tenant_select on public.events: restrictive; for select; to authenticated; \
           using ((org_id = ( SELECT app.org_id() AS org_id)))"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_policy_with_another_expression_differs() {
    tells(
        "alter policy events_tenant_select on events using (true)",
        &["differs: policy events_tenant_select on public.events: using (true) \
           (migrations: using ((org_id = ( SELECT app.org_id() AS org_id))))"],
    )
    .await;
    tells(
        "alter policy events_tenant_insert on events with check (org_id is not null)",
        &["differs: policy events_tenant_insert on public.events: with check ((org_id IS NOT NULL)) \
           (migrations: with check ((org_id = ( SELECT app.org_id() AS org_id))))"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_boundary_that_became_permissive_differs() {
    tells(
        "drop policy events_tenant_select on events;
         create policy events_tenant_select on events
           for select to authenticated using (org_id = (select app.org_id()))",
        &["differs: policy events_tenant_select on public.events: permissive (migrations: restrictive)"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_policy_for_others_or_for_more_commands_differs() {
    tells(
        "alter policy events_member_select on events to authenticated, eleva_exporter",
        &["differs: policy events_member_select on public.events: to authenticated, eleva_exporter \
           (migrations: to authenticated)"],
    )
    .await;
    tells(
        "drop policy events_member_select on events;
         create policy events_member_select on events to public using (true)",
        &["differs: policy events_member_select on public.events: for all; to public \
           (migrations: for select; to authenticated)"],
    )
    .await;
}

#[tokio::test]
async fn b19_a_policy_that_no_migration_made_is_named() {
    tells(
        "create policy everybody on users for select to authenticated using (true)",
        &["not defined by the migrations: policy everybody on public.users: permissive; for select; \
           to authenticated; using (true)"],
    )
    .await;
}

#[tokio::test]
async fn b5_b17_b19_row_security_that_was_switched_off_is_named() {
    tells(
        "alter table events disable row level security",
        &["differs: table public.events: row security disabled (migrations: row security enabled and forced)"],
    )
    .await;
    tells(
        "alter table events no force row level security",
        &["differs: table public.events: row security enabled, not forced \
           (migrations: row security enabled and forced)"],
    )
    .await;
}
