//! The first sign-in: one person, one personal organization, one membership, at WorkOS and here, however often, however
//! many at once, and whenever it is cut off (hardening A10, G2, G5, G6, G8, G9).

mod conflict;
mod crowd;
mod cut_off;
mod gone;
mod killed_at_postgres;
mod killed_at_workos;
mod later;
mod mirrored;
mod newcomer;

use dev::workos::MembershipStatus;
use futures_util::future::{Either, select};
use std::{pin::pin, time::Duration};

use crate::{app::TestApp, web::Page};

const ORGANIZATIONS: &str = "
    select o.workos_org_id, o.slug, o.name, o.type, m.role, m.status, m.workos_membership_id
    from user_org_memberships m
    join organizations o on o.id = m.org_id
    where m.workos_user_id = $1";

/// The WorkOS id of the one person with this address.
fn user_id(app: &TestApp, email: &str) -> String {
    let users = app.workos().control().directory().users;
    let mut own = users.into_iter().filter(|user| user.email == email);
    let user = own.next().unwrap_or_else(|| panic!("{email} is not known at WorkOS"));
    assert!(own.next().is_none(), "{email} is known twice");
    user.id
}

/// Asserts that a newcomer exists exactly once, with one personal organization of this name and one membership in it,
/// at WorkOS and here, and that both agree.
async fn assert_one_of_each(app: &TestApp, email: &str, name: &str) {
    let user_id = user_id(app, email);
    let external_id = format!("user-{user_id}");
    let directory = app.workos().control().directory();
    let mut organizations = directory.organizations.iter();
    let organization =
        organizations.find(|own| own.external_id.as_ref() == Some(&external_id)).expect("an organization at WorkOS");
    assert_eq!(organization.name, name);
    assert_eq!(
        directory.organizations.iter().filter(|own| own.name == name).count(),
        1,
        "{:?}",
        directory.organizations
    );
    let memberships: Vec<_> = directory.memberships.iter().filter(|own| own.user_id == user_id).collect();
    let [membership] = memberships[..] else { panic!("not one membership at WorkOS: {memberships:?}") };
    assert_eq!((&membership.organization_id, membership.role.as_str()), (&organization.id, "owner"));
    assert_eq!(membership.status, MembershipStatus::Active);

    let owner = app.owner().await;
    let users = owner.query("select workos_user_id from users where lower(email) = lower($1)", &[&email]).await;
    let users: Vec<String> = users.expect("users").iter().map(|row| row.get(0)).collect();
    assert_eq!(users, [user_id.as_str()], "{email}");
    let rows = owner.query(ORGANIZATIONS, &[&user_id]).await.expect("organizations");
    assert_eq!(rows.len(), 1, "{email}: one organization here");
    let columns: Vec<&str> = (0..7).map(|index| rows[0].get(index)).collect();
    let expected = [&organization.id, &external_id, name, "patient_personal", "owner", "active", &membership.id];
    assert_eq!(columns, expected, "{email}");
    let strays = "select count(*) from organizations o where type = 'patient_personal'
        and not exists (select from user_org_memberships m where m.org_id = o.id)";
    let strays = owner.query_one(strays, &[]).await.expect("a count");
    assert_eq!(strays.get::<_, i64>(0), 0, "{email}: no organization without a member");
}

/// Follows a navigation until `condition` holds, and then drops it, which kills the sandbox in the middle of its work.
/// Gives the page where it got there before.
async fn until(navigation: impl Future<Output = Page>, condition: impl Fn() -> bool) -> Option<Page> {
    let watch = async {
        while !condition() {
            // Nothing tells when a byte has arrived over there; each step takes many times as long as this.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    match select(pin!(navigation), pin!(watch)).await {
        Either::Left((page, _)) => Some(page),
        Either::Right(_) => None,
    }
}
