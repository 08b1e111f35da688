//! Exports in Chromium, wide and on a phone: asked for, on their way, failed, and a long one taken away.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use tokio::time::sleep;
use tokio_postgres::Client;

use super::{Up, chromium::Chromium, main_job::assert_usable};

/// A long file, in bytes: more than an answer of Lambda has.
const LONG: usize = 50 << 20;

/// How long it may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of each kind, and where the rows of the one that is done lie.
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

/// Waits until a file is there as long as it is to be.
async fn wait_for(file: &Path) -> Vec<u8> {
    let started = Instant::now();
    while fs::metadata(file).map_or(0, |found| found.len()) < LONG as u64 {
        assert!(started.elapsed() < PATIENCE, "{} does not come", file.display());
        sleep(Duration::from_millis(100)).await;
    }
    fs::read(file).expect("it is there")
}

#[tokio::test]
async fn an_administrator_sees_exports_on_their_way_and_takes_a_long_one_away() {
    let up = Up::start("exports", &[], &[]).await;
    owner(&up).await.batch_execute(FILL).await.expect("the owner may");
    // No text, and nothing that repeats itself.
    let content: Vec<u8> = (0..LONG as u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 23) as u8).collect();
    fs::create_dir_all(up.folder.join("exports/exports")).expect("a folder");
    fs::write(up.folder.join("exports/exports/long.jsonl.gz"), &content).expect("a file");
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

        browser.press("Exports").await;
        browser.click("Rows from 1 Oct 2026, 00:00").await;
        let taken = wait_for(&browser.downloads().join("long.jsonl.gz")).await;
        assert!(taken == content, "{} bytes that hash to {:x?}", taken.len(), Sha256::digest(&taken));
        browser.close().await;
    }
    up.stop().await;
}
