//! When nothing is erased.

use dev::world::Login;

use crate::database::practice::{Practice, ring};

/// Everything that an erasure would change.
const EVERYTHING: &str = "
    select md5(concat(
             (select string_agg(o::text, '' order by o.id) from organizations o),
             (select string_agg(u::text, '' order by u.id) from users u),
             (select string_agg(m::text, '' order by m.id) from user_org_memberships m),
             (select string_agg(m::text, '' order by m.id) from meetings m),
             (select string_agg(r::text, '' order by r.id) from records r),
             (select string_agg(k::text, '' order by k.org_id, k.key_no) from org_keys k)
           ))";

async fn everything(practice: &Practice) -> String {
    practice.owner.query_one(EVERYTHING, &[]).await.expect("a hash").get(0)
}

#[tokio::test]
async fn c12_only_what_is_confirmed_is_erased_and_never_the_platform() {
    let practice = Practice::with_records(1).await;
    // Another organization that calls itself by this one's id.
    let impostor =
        format!("update organizations set slug = '{}' where workos_org_id = 'org_01SEEDNORTE'", practice.org_id);
    practice.owner.batch_execute(&impostor).await.expect("a slug is free to choose");
    let before = everything(&practice).await;
    let org_id = practice.org_id.to_string();
    for (arguments, told) in [
        (
            ["clinica-aurora", "--confirm", "clinica"],
            format!("--confirm is not the slug of {org_id}; nothing was erased"),
        ),
        (["clinica-aurora", "--confirm", ""], format!("--confirm is not the slug of {org_id}; nothing was erased")),
        ([&org_id, "--confirm", &org_id], format!("--confirm is not the slug of {org_id}; nothing was erased")),
        (["nowhere", "--confirm", "nowhere"], "no organization has the id or slug nowhere".to_owned()),
        (["platform", "--confirm", "platform"], "the platform's own organization is not erased".to_owned()),
    ] {
        let report = practice.operator(&["erase-organization"]).arguments(&arguments).fail().await;
        assert_eq!(report.err, format!("error: {told}\n"));
    }
    assert_eq!(practice.operator(&["erase-organization", "clinica-aurora"]).run().await.code, 2);
    assert_eq!(everything(&practice).await, before);
}

#[tokio::test]
async fn c12_nothing_is_erased_under_a_legal_hold() {
    let practice = Practice::with_records(1).await;
    practice.operator(&["legal-hold", "place", "clinica-aurora", "--reason", "x"]).succeed().await;
    let before = everything(&practice).await;
    let report = practice.erase().fail().await;
    assert_eq!(report.err, format!("error: {} is under a legal hold; nothing was erased\n", practice.org_id));
    assert_eq!(everything(&practice).await, before);
    practice.assert_readable(ring()).await;

    practice.operator(&["legal-hold", "lift", "clinica-aurora"]).succeed().await;
    practice.erase().succeed().await;
    practice.assert_unreadable().await;
}

#[tokio::test]
async fn c12_people_who_were_members_where_a_legal_hold_is_stay_as_they_are() {
    let practice = Practice::with_records(1).await;
    let left = "
        insert into user_org_memberships (workos_user_id, org_id, role, status)
        select 'user_01SEEDAURORAMEMBER', id, 'member', 'removed'
          from organizations
         where workos_org_id = 'org_01SEEDNORTE'";
    practice.owner.batch_execute(left).await.expect("who has left Norte");
    practice.operator(&["legal-hold", "place", "org_01SEEDNORTE", "--reason", "x"]).succeed().await;
    practice.erase().succeed().await;
    let named = "
        select count(*)
          from users
         where workos_user_id in ('user_01SEEDAURORAMEMBER', 'user_01SEEDAURORAADMIN') and first_name is not null";
    assert_eq!(practice.count(named).await, 1, "the one of the two who was in Norte");
}

#[tokio::test]
async fn c12_an_organization_that_is_deleted_at_workos_loses_access_and_nothing_else() {
    let practice = Practice::with_records(1).await;
    let everything = "select md5(concat(
        (select string_agg(r::text, '' order by r.id) from records r),
        (select string_agg(m::text, '' order by m.id) from meetings m),
        (select string_agg(k::text, '' order by k.org_id, k.key_no) from org_keys k)
    ))";
    let before: String = practice.owner.query_one(everything, &[]).await.expect("a hash").get(0);
    let editing = practice.author().await.begin().await.expect("an author");
    let identity = practice.app.connect_as(Login::Identity).await;
    let delete = "update organizations set deleted_at = now() where workos_org_id = 'org_01SEEDAURORA'";
    identity.batch_execute(delete).await.expect("what WorkOS says");

    let refused = practice.author().await.begin().await.err().expect("nobody comes in");
    assert_eq!(refused.code().map(|code| code.code()), Some("EL004"));
    let record = practice.records[0];
    editing.read(record).await.expect("who is in already may read");
    let refused = editing.end("MEDICAL_RECORD_VIEWED", record).await.err().expect("and gets nothing");
    assert_eq!(refused.code().map(|code| code.code()), Some("EL004"));
    assert_eq!(practice.owner.query_one(everything, &[]).await.expect("a hash").get::<_, String>(0), before);
    practice.assert_readable(ring()).await;
}
