//! Exports in Chromium, wide and on a phone: asked for, on their way, and failed.

use tokio_postgres::Client;

use super::{Up, chromium::Chromium, main_job::assert_usable};

/// One of each kind.
const FILL: &str = "
    with organization as (
        select id from organizations where workos_org_id = 'org_01SEEDAURORA'
    )
    insert into audit_log_exports (
        org_id, workos_user_id, start_date, end_date, export_format, reason, status, error_code, next_attempt_at,
        record_count, first_seq, last_seq, next_seq, head_seq, head_hash, object_key, manifest_key, file_size, sha256,
        left_out_count, started_at, finished_at, actions, resource_types
    )
    select o.id, 'user_01SEEDAURORAOWNER', '2026-10-01', '2026-11-01', 'jsonl', 'The yearly audit of the clinic',
           e.status, e.code, case when e.status = 'done' then now() else now() + interval '1 day' end,
           e.rows, e.first, e.last, e.next, e.last, sha256('head'), e.key, e.key, e.size, sha256('rows'), 0,
           now(), case when e.status in ('done', 'failed') then now() end, e.actions, e.types
      from organization o
      cross join (
        values ('queued', 'store_unavailable', null::bigint, null::bigint, null::bigint, null::bigint, null, null::bigint,
                null::text[], null::text[]),
               ('running', null, 41234, 1, 100000, 41235, null, null, null, null),
               ('done', null, 812, 1, 906, 907, 'exports/long.jsonl.gz', 52428800, null, null),
               ('failed', 'chain_broken', null, null, null, null, null, null, null, null),
               ('failed', 'store_denied', null, null, null, null, null, null,
                '{MEDICAL_RECORD_VIEWED,SESSION_SIGNED_IN,ORG_MEMBER_ROLE_CHANGED}', '{medical_record,session,user}')
      ) as e (status, code, rows, first, last, next, key, size, actions, types)";

async fn owner(up: &Up) -> Client {
    let (client, connection) = tokio_postgres::connect(&up.world.owner_database_url, tokio_postgres::NoTls)
        .await
        .expect("the database is there");
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn an_owner_sees_exports_on_their_way_and_asks_for_one_in_chromium() {
    let up = Up::start("exports", &[], &[]).await;
    owner(&up).await.batch_execute(FILL).await.expect("the owner may");
    for (name, width) in [("exports", 1280), ("exports-phone", 500)] {
        let browser = Chromium::start(name, width).await;
        browser.go(&format!("{}/sign-in?organization_id=org_01SEEDAURORA", up.world.public_url)).await;
        browser.press("owner@aurora.example").await;
        browser.press("Exports").await;
        assert_eq!(browser.heading().await, "Exports of the audit log");
        assert_usable(&browser).await;
        browser.picture("list").await;
        let drawn = browser.evaluate("return document.querySelector('progress').getBoundingClientRect().width").await;
        assert!(drawn.as_f64().is_some_and(|width| width > 40.0), "{drawn}");

        browser.fill("reason", "no").await;
        browser.evaluate("document.querySelector('#new-export').noValidate = true").await;
        browser.press("Ask for it").await;
        assert!(browser.text("//*[@id='reason-error']").await.starts_with("Say in 3 to 500 characters"));
        assert_usable(&browser).await;
        browser.picture("refused").await;
        browser.fill("reason", "The yearly audit").await;
        browser.press("Ask for it").await;
        assert_eq!(browser.heading().await, "Export of the audit log");
        assert_usable(&browser).await;
        browser.picture("asked-for").await;
        browser.close().await;
    }
    up.stop().await;
}
