//! Role and status together: only an active membership opens anything, and then as much as its role (hardening B10).

use dev::world::Login;

use crate::{
    app::{BeginClaims, TestApp},
    database::{
        clinics::{AURORA, AURORA_MEMBER, Clinics},
        refusal,
        signed::Signed,
    },
};

/// What one person tries in every role; one may write everybody's events in the first two only.
const STATEMENTS: [(&str, bool); 5] = [
    (
        "insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
      select app.org_id(), app.user_id(), 'New', 'new', 30",
        false,
    ),
    (
        "insert into events (org_id, workos_user_id, name, slug, duration_in_minutes)
      select app.org_id(), 'user_01SEEDBOTH', 'New', 'new', 30",
        true,
    ),
    ("update events set name = 'Changed' where workos_user_id <> (select app.user_id())", true),
    ("delete from events where workos_user_id <> (select app.user_id())", true),
    ("update organizations set name = 'Changed' where id = (select app.org_id())", true),
];

#[tokio::test]
async fn b10_every_role_in_every_status() {
    let app = TestApp::start().await;
    Clinics::with_events(&app).await;
    let (owner, client) = (app.owner().await, app.connect_as(Login::App).await);
    let signed = Signed::from(&BeginClaims::new(AURORA_MEMBER, AURORA));
    let set = "update user_org_memberships set role = $1, status = $2 where workos_user_id = $3";
    for role in ["owner", "admin", "member", "billing_admin"] {
        for status in ["active", "invited", "suspended", "removed"] {
            owner.execute(set, &[&role, &status, &AURORA_MEMBER]).await.expect("set");
            if status != "active" {
                assert_eq!(signed.refusal(&client).await.as_deref(), Some("EL005"), "{role}, {status}");
                continue;
            }
            for (statement, is_for_administrators) in STATEMENTS {
                client.batch_execute("begin").await.expect("a transaction");
                signed.call(&client).await.expect("begun");
                let rows = match client.execute_typed(statement, &[]).await {
                    Ok(rows) => rows,
                    refused => {
                        assert_eq!(refusal(refused).as_deref(), Some("42501"), "{role}: {statement}");
                        0
                    }
                };
                let may = !is_for_administrators || ["owner", "admin"].contains(&role);
                assert_eq!(rows > 0, may, "{role}: {statement}");
                client.batch_execute("rollback").await.expect("its end");
            }
        }
    }
}
