//! Organizations, users and memberships: what WorkOS states, only the identity login writes; one's own picture and the
//! organization's name are what people may change.

use super::{Case, assert_outcomes};

#[rustfmt::skip]
pub(super) const ORGANIZATIONS: &[Case] = &[
    //                                                                own adm mem bil both other app auth anon id exp
    ("select id from public.organizations",                           "1 1 1 1 2 1  x ? x  3 3"),
    ("select id from public.organizations where id = '{other}'",      "0 0 0 0 1 0  x ? x  1 1"),
    ("select slug from public.organizations",                         "1 1 1 1 2 1  x ? x  3 x"),
    ("insert into public.organizations (workos_org_id, slug, name, type)
      values ('org_01NEW', 'new', 'New', 'clinic')",                  "x x x x x x  x x x  1 x"),
    ("insert into public.organizations (workos_org_id, slug, name, type)
      values (null, 'new', 'New', 'platform')",                       "x x x x x x  x x x  x x"),
    ("update public.organizations set name = 'Changed' where id = '{own}'",        "1 1 0 0 0 1  x ? x  1 x"),
    ("update public.organizations set name = 'Changed'",              "1 1 0 0 0 1  x ? x  2 x"),
    ("update public.organizations set name = 'Changed' where type = 'platform'",   "0 0 0 0 0 0  x ? x  0 x"),
    ("update public.organizations set name = 'Changed' where id = '{other}'",      "0 0 0 0 0 0  x ? x  1 x"),
    ("update public.organizations set slug = 'changed' where id = '{own}'",        "1 1 0 0 0 1  x ? x  x x"),
    ("update public.organizations set slug = 'user-' || '{self}' where id = '{own}'",
                                                                      "23514 23514 0 0 0 23514  x ? x  x x"),
    ("update public.organizations set type = 'platform'",             "x x x x x x  x x x  x x"),
    ("update public.organizations set workos_org_id = 'org_01NEW'",   "x x x x x x  x x x  x x"),
    ("update public.organizations set timezone = 'UTC'",              "x x x x x x  x x x  x x"),
    ("update public.organizations set deleted_at = now() where id = '{own}'",      "x x x x x x  x x x  1 x"),
    ("delete from public.organizations",                              "x x x x x x  x x x  x x"),
];

#[rustfmt::skip]
pub(super) const USERS: &[Case] = &[
    // Their own row, without naming it: a column grant cannot depend on the row, so that there is no reading at all.
    ("select id from public.users",                                   "x x x x x x  x x x  11 x"),
    ("select stripe_customer_id from public.users",                   "x x x x x x  x x x  x x"),
    ("insert into public.users (workos_user_id, email) values ('user_01NEW', 'new@eleva.example')",
                                                                      "x x x x x x  x x x  1 x"),
    ("insert into public.users (workos_user_id, email, stripe_customer_id)
      values ('user_01NEW', 'new@eleva.example', 'cus_1')",           "x x x x x x  x x x  x x"),
    ("update public.users set first_name = 'Changed', last_name = 'Changed', image_url = null",
                                                                      "1 1 1 1 1 1  x ? x  11 x"),
    ("update public.users set country = 'ES'",                        "1 1 1 1 1 1  x ? x  x x"),
    ("update public.users set first_name = 'Changed' where workos_user_id = '{colleague}'",
                                                                      "x x x x x x  x x x  1 x"),
    ("update public.users set first_name = 'Changed' returning id",   "x x x x x x  x x x  11 x"),
    ("update public.users set email_verified = false",                "x x x x x x  x x x  11 x"),
    ("update public.users set deleted_at = null",                     "x x x x x x  x x x  11 x"),
    ("update public.users set workos_user_id = 'user_01NEW'",         "x x x x x x  x x x  x x"),
    ("delete from public.users",                                      "x x x x x x  x x x  x x"),
];

#[rustfmt::skip]
pub(super) const MEMBERSHIPS: &[Case] = &[
    ("select id from public.user_org_memberships",                    "1 1 1 1 2 1  x ? x  12 x"),
    ("select id from public.user_org_memberships where workos_user_id <> '{self}'",
                                                                      "0 0 0 0 0 0  x ? x  11 x"),
    ("insert into public.user_org_memberships (workos_user_id, org_id, role, status)
      values ('{self}', '{other}', 'owner', 'active')
      on conflict do nothing",                                        "x x x x x x  x x x  1 x"),
    ("update public.user_org_memberships set role = 'owner' where workos_user_id = '{self}'",
                                                                      "x x x x x x  x x x  1 x"),
    ("update public.user_org_memberships set status = 'active' where workos_user_id = '{self}'",
                                                                      "x x x x x x  x x x  1 x"),
    ("update public.user_org_memberships set org_id = '{other}'",     "x x x x x x  x x x  x x"),
    ("update public.user_org_memberships set workos_user_id = '{colleague}'",      "x x x x x x  x x x  x x"),
    ("delete from public.user_org_memberships",                       "x x x x x x  x x x  x x"),
];

#[tokio::test]
async fn b10_organizations_are_one_s_own_and_changed_by_their_administrators() {
    assert_outcomes(ORGANIZATIONS).await;
}

#[tokio::test]
async fn b7_users_change_little_of_themselves_and_nothing_of_others() {
    assert_outcomes(USERS).await;
}

#[tokio::test]
async fn b10_memberships_are_read_by_their_members_and_written_by_the_identity_login() {
    assert_outcomes(MEMBERSHIPS).await;
}

#[tokio::test]
async fn b7_no_column_that_others_vouch_for_is_anybody_s_to_write() {
    let columns = [
        "stripe_customer_id = 'cus_1'",
        "stripe_connect_account_id = 'acct_1'",
        "stripe_connect_details_submitted = true",
        "stripe_connect_charges_enabled = true",
        "stripe_connect_payouts_enabled = true",
        "stripe_connect_onboarding_complete = true",
        "stripe_bank_account_last4 = '0000'",
        "stripe_bank_name = 'Bank'",
        "stripe_identity_verification_id = 'vs_1'",
        "stripe_identity_verified = true",
        "stripe_identity_verification_status = 'verified'",
        "stripe_identity_verification_last_checked = now()",
        "welcome_email_sent_at = now()",
        "onboarding_completed_at = now()",
        "created_at = now()",
        "updated_at = now()",
        "id = gen_random_uuid()",
    ];
    let cases = columns.map(|column| (format!("update public.users set {column}"), "x x x x x x  x x x  x x"));
    assert_outcomes(&cases).await;
    // The address is WorkOS's to change, through the identity login.
    let address = "update public.users set email = lower(email) || '.example'";
    assert_outcomes(&[(address, "x x x x x x  x x x  11 x")]).await;
}
