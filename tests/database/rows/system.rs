//! Sessions, keys and the events received: tables that no person reaches.

use super::{Case, assert_outcomes};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    //                                                                own adm mem bil both other app auth anon id exp
    ("select sid from public.revoked_sessions",                       "x x x x x x  x x x  0 x"),
    ("insert into public.revoked_sessions (sid, workos_user_id) values ('session_new', '{self}')",
                                                                      "x x x x x x  x x x  1 x"),
    ("insert into public.revoked_sessions (sid, workos_user_id, revoked_at) values ('session_new', '{self}', now())",
                                                                      "x x x x x x  x x x  x x"),
    ("update public.revoked_sessions set revoked_at = now()",         "x x x x x x  x x x  x x"),
    ("delete from public.revoked_sessions",                           "x x x x x x  x x x  x x"),

    ("select token_hash from public.session_refreshes",               "x x x x x x  x x x  x x"),
    ("insert into public.session_refreshes (token_hash, lease_id, leased_until, expires_at)
      values (sha256(''), gen_random_uuid(), now(), now())",          "x x x x x x  x x x  x x"),
    ("update public.session_refreshes set leased_until = now()",      "x x x x x x  x x x  x x"),
    ("delete from public.session_refreshes",                          "x x x x x x  x x x  x x"),

    ("select id from public.workos_events",                           "x x x x x x  x x x  0 x"),
    ("insert into public.workos_events (id, type) values ('event_1', 'user.created')",
                                                                      "x x x x x x  x x x  1 x"),
    ("update public.workos_events set applied_at = now()",            "x x x x x x  x x x  0 x"),
    ("update public.workos_events set received_at = now()",           "x x x x x x  x x x  x x"),
    ("delete from public.workos_events",                              "x x x x x x  x x x  x x"),

    ("select kid from public.begin_keys",                             "x x x x x x  x x x  x x"),
    ("insert into public.begin_keys (kid, inner_pad, outer_pad)
      values ('mine', decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex'))",
                                                                      "x x x x x x  x x x  x x"),
    ("update public.begin_keys set inner_pad = outer_pad",            "x x x x x x  x x x  x x"),
    ("delete from public.begin_keys",                                 "x x x x x x  x x x  x x"),

    ("select singleton from public.context_key",                      "x x x x x x  x x x  x x"),
    ("insert into public.context_key (singleton, inner_pad, outer_pad)
      values (true, decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex'))",
                                                                      "x x x x x x  x x x  x x"),
    ("update public.context_key set inner_pad = outer_pad",           "x x x x x x  x x x  x x"),
    ("delete from public.context_key",                                "x x x x x x  x x x  x x"),
];

#[tokio::test]
async fn b6_b10_keys_and_sessions_are_out_of_everybody_s_reach() {
    assert_outcomes(CASES).await;
}
