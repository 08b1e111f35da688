//! Who has lost their standing begins nothing, whatever their token still says (hardening A11, B10, G1).

use dev::world::Login;
use tokio_postgres::types::Type;

use super::{
    clinics::{AURORA, AURORA_OWNER, BOTH, NORTE, aurora_owner},
    signed::Signed,
};
use crate::app::{BeginClaims, TestApp};

/// What the database answers Aurora's owner after a change, and that the same is undone by the opposite change.
async fn assert_ends(change: &str, undo: &str, sqlstate: &str) {
    let app = TestApp::start().await;
    let (client, owner) = (app.connect_as(Login::App).await, app.owner().await);
    let signed = Signed::from(&aurora_owner());
    assert_eq!(signed.refusal(&client).await, None);
    owner.batch_execute(change).await.expect(change);
    assert_eq!(signed.refusal(&client).await.as_deref(), Some(sqlstate), "after {change}");
    owner.batch_execute(undo).await.expect(undo);
    assert_eq!(signed.refusal(&client).await, None, "after {undo}");
}

#[tokio::test]
async fn a11_a_deleted_organization_is_refused() {
    assert_ends(
        "update organizations set deleted_at = now() where workos_org_id = 'org_01SEEDAURORA'",
        "update organizations set deleted_at = null where workos_org_id = 'org_01SEEDAURORA'",
        "EL004",
    )
    .await;
}

#[tokio::test]
async fn a11_a_deleted_user_is_refused() {
    assert_ends(
        "update users set deleted_at = now() where workos_user_id = 'user_01SEEDAURORAOWNER'",
        "update users set deleted_at = null where workos_user_id = 'user_01SEEDAURORAOWNER'",
        "EL010",
    )
    .await;
}

#[tokio::test]
async fn a11_a_membership_that_is_not_active_is_refused() {
    for status in ["suspended", "invited", "removed"] {
        let set = |status: &str| {
            format!(
                "update user_org_memberships set status = '{status}' where workos_user_id = 'user_01SEEDAURORAOWNER'"
            )
        };
        assert_ends(&set(status), &set("active"), "EL005").await;
    }
}

#[tokio::test]
async fn a11_the_seeded_people_without_standing_are_refused() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    for (user_id, organization, sqlstate) in [
        ("user_01SEEDSUSPENDED", AURORA, "EL005"),
        ("user_01SEEDINVITED", AURORA, "EL005"),
        (AURORA_OWNER, NORTE, "EL005"),
        ("user_01NOBODY", AURORA, "EL010"),
        ("USER_01SEEDAURORAOWNER", AURORA, "EL010"),
        ("owner@aurora.example", AURORA, "EL010"),
        (AURORA_OWNER, "org_01NOBODY", "EL004"),
    ] {
        let refused = Signed::from(&BeginClaims::new(user_id, organization)).refusal(&client).await;
        assert_eq!(refused.as_deref(), Some(sqlstate), "{user_id} in {organization}");
    }
}

#[tokio::test]
async fn a11_a_suspension_in_one_organization_says_nothing_about_another() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let suspend = "
        update user_org_memberships set status = 'suspended'
         where workos_membership_id = 'om_01SEEDBOTHNORTE'";
    app.owner().await.batch_execute(suspend).await.expect("suspended");
    assert_eq!(Signed::from(&BeginClaims::new(BOTH, NORTE)).refusal(&client).await.as_deref(), Some("EL005"));
    assert_eq!(Signed::from(&BeginClaims::new(BOTH, AURORA)).refusal(&client).await, None);
    // Nor is the organization among one's own any longer.
    let begun = app.begin_as(BOTH, AURORA).await;
    let statement = "
        select array_agg(o.workos_org_id) as organizations,
               (select count(*) from user_org_memberships) as memberships
          from organizations o";
    let row = begun.client.query_typed_one(statement, &[]).await.expect("a row");
    assert_eq!((row.get::<_, Vec<&str>>("organizations"), row.get::<_, i64>("memberships")), (vec![AURORA], 2));
}

#[tokio::test]
async fn a11_a_revoked_session_is_refused_and_the_person_s_other_one_is_not() {
    let app = TestApp::start().await;
    let client = app.connect_as(Login::App).await;
    let (mut one, mut other) = (aurora_owner(), aurora_owner());
    one.0["sid"] = "session_one".into();
    other.0["sid"] = "session_other".into();
    let open = one.begin(app.connect_as(Login::App).await).await.expect("begun before it is revoked");

    let identity = app.connect_as(Login::Identity).await;
    let revoke = "insert into revoked_sessions (sid, workos_user_id) values ($1, $2)";
    let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
        &[(&"session_one", Type::TEXT), (&AURORA_OWNER, Type::TEXT)];
    identity.query_typed(revoke, parameters).await.expect("revoked");

    assert_eq!(Signed::from(&one).refusal(&client).await.as_deref(), Some("EL006"));
    assert_eq!(Signed::from(&other).refusal(&client).await, None);
    // What had begun may end; the session begins nothing after it.
    open.client.batch_execute("select app.user_id(); commit").await.expect("the open transaction ends");
    assert_eq!(Signed::from(&one).refusal(&open.client).await.as_deref(), Some("EL006"));
}
