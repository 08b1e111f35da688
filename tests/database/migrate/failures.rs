//! A file that fails leaves nothing of itself, and what came before it stays.

use super::{Empty, files};
use crate::app::{connect_directly, world};

#[tokio::test]
async fn b18_a_file_is_applied_as_a_whole_or_not_at_all() {
    let empty = Empty::new().await;
    // In the way of the second of the three tables that V0004 makes.
    empty.owner.batch_execute("create table users (one integer)").await.expect("a table");
    let report = empty.migrate().fail().await;
    assert!(report.err.contains("V0004__people failed and was rolled back"), "{report}");
    assert!(report.err.contains("relation \"users\" already exists"), "{report}");
    assert_eq!(empty.applied().await, files()[..3]);
    for object in ["table public.organizations", "function app.touch()", "function app.await_upsert()"] {
        assert!(!empty.has(object).await, "{object} was left by a file that failed");
    }
    let report = empty.status().fail().await;
    assert!(report.out.contains(&format!("3 applied, {} pending, 0 in disagreement", files().len() - 3)), "{report}");

    empty.owner.batch_execute("drop table users").await.expect("out of the way");
    let report = empty.migrate().succeed().await;
    assert!(report.out.contains(&format!("{} migrations applied", files().len() - 3)), "{report}");
    assert_eq!(empty.applied().await, files());
}

#[tokio::test]
async fn b18_a_failed_file_leaves_nobody_with_the_definer_s_rights() {
    let empty = Empty::new().await;
    empty.owner.batch_execute("create table events (one integer)").await.expect("a table in the way of V0009");
    empty.migrate().fail().await;
    empty.owner.batch_execute("drop table events").await.expect("out of the way");
    let back_to_the_seventh = "
        delete from refinery.refinery_schema_history where version >= 8;
        drop function app.me(), app.members(), app.refuse_reserved_slug() cascade;
        drop policy organizations_tenant_select on organizations;
        drop policy organizations_tenant_update on organizations;
        drop policy organizations_member_select on organizations;
        drop policy organizations_administrator_update on organizations;
        drop policy users_self_update on users;
        drop policy user_org_memberships_tenant_select on user_org_memberships;
        drop policy user_org_memberships_member_select on user_org_memberships";
    let superuser = connect_directly(&world().superuser_url(empty.database.name())).await;
    superuser.batch_execute(back_to_the_seventh).await.expect("as if V0008 had not been");
    // In the way of the second of the two functions that V0008 makes as a member of eleva_definer.
    let in_the_way = "create function app.members() returns integer language sql return 1";
    empty.owner.batch_execute(in_the_way).await.expect("a function");
    let report = empty.migrate().fail().await;
    assert!(report.err.contains("V0008__people_access failed and was rolled back"), "{report}");

    assert!(!empty.has("function app.me()").await, "the first one is not there either");
    let rights = "
        select pg_has_role('eleva_owner', 'eleva_definer', 'usage')
               or has_schema_privilege('eleva_definer', 'app', 'create')";
    assert!(!empty.owner.query_one(rights, &[]).await.expect("a row").get::<_, bool>(0));
    empty.owner.batch_execute("drop function app.members()").await.expect("out of the way");
    empty.migrate().succeed().await;
    assert_eq!(empty.applied().await, files());
}
