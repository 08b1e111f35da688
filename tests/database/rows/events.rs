//! Events: members read all of their organization; each writes their own, owners and administrators everybody's.

use super::{Case, assert_outcomes};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    //                                                                own adm mem bil both other app auth anon id exp
    ("select id from public.events",                                  "3 3 3 3 3 2  x ? x  x x"),
    ("select id from public.events where org_id = '{other}'",         "0 0 0 0 0 0  x ? x  x x"),

    // One's own, in the current organization only.
    ("insert into public.events (org_id, workos_user_id, name, slug, duration_in_minutes)
      values ('{own}', '{self}', 'New', 'new', 30)",                  "1 1 1 1 1 1  x ? x  x x"),
    ("insert into public.events (org_id, workos_user_id, name, slug, duration_in_minutes)
      values ('{other}', '{self}', 'New', 'new', 30)",                "x x x x x x  x ? x  x x"),
    ("insert into public.events (org_id, workos_user_id, name, slug, duration_in_minutes)
      values (null, '{self}', 'New', 'new', 30)",                     "x x x x x x  x ? x  x x"),
    // Another expert's.
    ("insert into public.events (org_id, workos_user_id, name, slug, duration_in_minutes)
      values ('{own}', '{colleague}', 'New', 'new', 30)",             "1 1 x x x 1  x ? x  x x"),
    ("insert into public.events (org_id, workos_user_id, name, slug, duration_in_minutes)
      values ('{other}', '{colleague}', 'New', 'new', 30)",           "x x x x x x  x ? x  x x"),
    // A stranger's.
    ("insert into public.events (org_id, workos_user_id, name, slug, duration_in_minutes)
      values ('{own}', 'user_01NOBODY', 'New', 'new', 30)",           "23503 23503 x x x 23503  x ? x  x x"),
    // What the server sets.
    ("insert into public.events (id, org_id, workos_user_id, name, slug, duration_in_minutes)
      values (gen_random_uuid(), '{own}', '{self}', 'New', 'new', 30)",            "x x x x x x  x x x  x x"),
    ("insert into public.events (org_id, workos_user_id, name, slug, duration_in_minutes, stripe_price_id)
      values ('{own}', '{self}', 'New', 'new', 30, 'price_1')",       "x x x x x x  x x x  x x"),

    ("update public.events set name = 'Changed' where workos_user_id = '{self}'",  "1 0 1 0 1 1  x ? x  x x"),
    ("update public.events set name = 'Changed'",                     "3 3 1 0 1 2  x ? x  x x"),
    ("update public.events set name = 'Changed' where org_id = '{other}'",         "0 0 0 0 0 0  x ? x  x x"),
    ("update public.events set org_id = '{other}'",                   "x x x x x x  x x x  x x"),
    ("update public.events set workos_user_id = '{self}'",            "x x x x x x  x x x  x x"),
    ("update public.events set id = gen_random_uuid()",               "x x x x x x  x x x  x x"),
    ("update public.events set stripe_price_id = 'price_1'",          "x x x x x x  x x x  x x"),
    ("update public.events set created_at = now()",                   "x x x x x x  x x x  x x"),
    ("update public.events set updated_at = now()",                   "x x x x x x  x x x  x x"),

    ("delete from public.events where workos_user_id = '{self}'",     "1 0 1 0 1 1  x ? x  x x"),
    ("delete from public.events",                                     "3 3 1 0 1 2  x ? x  x x"),
    ("delete from public.events where org_id = '{other}'",            "0 0 0 0 0 0  x ? x  x x"),
    ("select id from public.events for update",                       "3 3 1 0 1 2  x ? x  x x"),
];

#[tokio::test]
async fn b9_b10_events_are_read_by_members_and_written_by_their_experts() {
    assert_outcomes(CASES).await;
}
