//! `app.me` and `app.members`: what can be read of users.

use tokio_postgres::Client;

use crate::{
    app::TestApp,
    database::clinics::{AURORA, AURORA_OWNER, BOTH, NORTE},
};

async fn user_ids(client: &Client, function: &str) -> Vec<String> {
    let statement = format!("select workos_user_id from {function} order by workos_user_id");
    let rows = client.query_typed(&statement, &[]).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn b10_members_are_the_active_and_living_ones_of_the_current_organization() {
    let app = TestApp::start().await;
    let members = user_ids(&app.begin_as(AURORA_OWNER, AURORA).await.client, "app.members()").await;
    let expected = ["ADMIN", "BILLINGADMIN", "MEMBER", "OWNER"].map(|role| format!("user_01SEEDAURORA{role}"));
    assert_eq!(members, [expected.as_slice(), &[BOTH.to_owned()]].concat(), "nobody suspended or merely invited");

    let leave = "
        update user_org_memberships set status = 'removed' where workos_membership_id = 'om_01SEEDAURORAMEMBER';
        update users set deleted_at = now() where workos_user_id = 'user_01SEEDAURORAADMIN'";
    app.owner().await.batch_execute(leave).await.expect("two leave");
    let members = user_ids(&app.begin_as(AURORA_OWNER, AURORA).await.client, "app.members()").await;
    assert_eq!(members, ["user_01SEEDAURORABILLINGADMIN", AURORA_OWNER, BOTH]);
}

#[tokio::test]
async fn b10_one_s_own_row_is_one_s_own_in_every_organization() {
    let app = TestApp::start().await;
    for (user_id, organization) in [(AURORA_OWNER, AURORA), (BOTH, AURORA), (BOTH, NORTE)] {
        let begun = app.begin_as(user_id, organization).await;
        assert_eq!(user_ids(&begun.client, "app.me()").await, [user_id]);
    }
}
