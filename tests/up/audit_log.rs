//! The audit log in Chromium, wide and on a phone.

use super::{Up, chromium::Chromium, main_job::assert_usable};

async fn fill_trail(up: &Up) {
    let (client, connection) = tokio_postgres::connect(&up.world.owner_database_url, tokio_postgres::NoTls)
        .await
        .expect("the database is there");
    tokio::spawn(connection);
    let fill = "
        call app.create_audit_partitions(now() - interval '40 days', now());
        select app.audit_import(
                 o.id, now() - n * interval '7 hours', u.id, a.action, a.resource_type,
                 '0193fa6e-0000-7000-8000-000000000000', case when n % 9 = 0 then 'failure' else 'success' end,
                 '{\"price\": 6000}', '{\"price\": 6500}', null, '192.0.2.7', 'Mozilla/5.0 (X11; Linux x86_64)'
               )
          from generate_series(1, 90) as n
          join organizations o on o.workos_org_id = 'org_01SEEDAURORA'
          join lateral (
            select (array['user_01SEEDAURORAOWNER', 'user_01SEEDAURORAMEMBER', null, 'user_01GONE'])[1 + n % 4] as id
          ) u on true
          join lateral (
            select (array['EVENT_UPDATED', 'SESSION_SIGNED_IN', 'ORG_MEMBER_ROLE_CHANGED'])[1 + n % 3] as action,
                   (array['event', 'session', 'user'])[1 + n % 3] as resource_type
          ) a on true";
    client.batch_execute(fill).await.expect("the owner may");
}

#[tokio::test]
async fn an_owner_reads_the_audit_log_and_its_report_in_chromium() {
    let up = Up::start("audit-log", &[], &[]).await;
    fill_trail(&up).await;
    for (name, width) in [("audit-log", 1280), ("audit-log-phone", 500)] {
        let browser = Chromium::start(name, width).await;
        browser.go(&format!("{}/sign-in?organization_id=org_01SEEDAURORA", up.world.public_url)).await;
        browser.press("owner@aurora.example").await;
        browser.press("Audit log").await;
        assert_eq!(browser.heading().await, "Audit log");
        assert_usable(&browser).await;
        browser.picture("logs").await;
        browser.fill("user_id", "user_01SEEDAURORAMEMBER").await;
        browser.press("Apply").await;
        let who = browser.texts("//*[@class='log']//td[@data-label='Who']").await;
        assert!(!who.is_empty() && who.iter().all(|name| name == "Marta Leal"), "{who:?}");
        browser.click("Clear").await;
        browser.press("Older").await;
        assert_usable(&browser).await;

        browser.press("Report").await;
        assert_eq!(browser.heading().await, "Audit report");
        browser.click("By category and action, as a table").await;
        assert_usable(&browser).await;
        browser.picture("report").await;
        let drawn = browser
            .evaluate(
                "return [...document.querySelectorAll('svg')].map(chart => {
                   const box = chart.getBoundingClientRect();
                   return box.width > 200 && box.height > 100 && getComputedStyle(chart.querySelector('rect')).fill
                 })",
            )
            .await;
        let colours = drawn.as_array().expect("two charts");
        assert!(colours.len() == 2 && colours.iter().all(|fill| fill.is_string() && fill != "rgb(0, 0, 0)"), "{drawn}");

        browser.press("Audit log").await;
        browser.press("Open at WorkOS").await;
        assert!(browser.address().await.starts_with(&up.world.workos_url), "{}", browser.address().await);
        assert_eq!(browser.heading().await, "Admin Portal of Clínica Aurora");
        browser.close().await;
    }
    up.stop().await;
}
