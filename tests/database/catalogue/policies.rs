//! Policies: one command each, for named roles, with the organization's boundary apart from everything else (hardening
//! B9, B10, B23).

use super::{assert_none, texts};
use crate::app::TestApp;

#[tokio::test]
async fn b10_every_policy_is_for_one_command_and_for_named_roles() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    assert!(texts(&owner, "select polname::text from pg_policy").await.len() > 20, "the policies are found at all");
    assert_none(
        &owner,
        "no policy is for all commands or for everybody",
        "select polrelid::regclass || ': ' || polname from pg_policy where polcmd = '*' or polroles = '{0}'",
    )
    .await;
    assert_none(
        &owner,
        "what is written is checked, and by more than the row that was there",
        "select polrelid::regclass || ': ' || polname
           from pg_policy
          where polcmd in ('a', 'w') and polwithcheck is null or polcmd = 'w' and polqual is null",
    )
    .await;
    assert_none(
        &owner,
        "policies for people and policies for other logins are apart",
        "select polrelid::regclass || ': ' || polname
           from pg_policy
          where 'authenticated'::regrole::oid = any (polroles) and cardinality(polroles) > 1",
    )
    .await;
}

#[tokio::test]
async fn b10_every_grant_has_its_policy_and_every_policy_its_grant() {
    let app = TestApp::start().await;
    let both_ways = "
        with granted as (
          select c.oid as relation, acl.grantee, acl.privilege_type as command
            from pg_class c, aclexplode(c.relacl) acl
           union
          select a.attrelid, acl.grantee, acl.privilege_type
            from pg_attribute a, aclexplode(a.attacl) acl
        ),
        ruled as (
          select p.polrelid as relation, role as grantee,
                 case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE'
                 end as command
            from pg_policy p, unnest(p.polroles) as role
        ),
        ours as (
          select g.*
            from granted g
            join pg_class c on c.oid = g.relation
            join pg_namespace n on n.oid = c.relnamespace
           where c.relkind in ('r', 'p') and n.nspname in ('public', 'app') and g.grantee <> c.relowner
        )
        select coalesce(o.relation, r.relation)::regclass || ': ' || coalesce(o.command, r.command)
               || ' by ' || coalesce(o.grantee, r.grantee)::regrole
          from ours o
          full join ruled r using (relation, grantee, command)
         where o.relation is null or r.relation is null";
    let owner = app.owner().await;
    assert_none(&owner, "a grant and a policy come together", both_ways).await;
}

#[tokio::test]
async fn b9_every_command_of_a_person_has_a_restrictive_boundary() {
    let app = TestApp::start().await;
    assert_none(
        &app.owner().await,
        "a table of an organization's rows has a RESTRICTIVE policy beside each permissive one",
        "select p.polrelid::regclass || ': ' || p.polname
           from pg_policy p
          where p.polpermissive and 'authenticated'::regrole::oid = any (p.polroles)
            and (p.polrelid = 'public.organizations'::regclass
                 or exists (select from pg_attribute a where a.attrelid = p.polrelid and a.attname = 'org_id'))
            and not exists (
              select
                from pg_policy r
               where r.polrelid = p.polrelid and r.polcmd = p.polcmd and not r.polpermissive
                 and r.polroles = p.polroles
            )",
    )
    .await;
    assert_none(
        &app.owner().await,
        "what is written stays in the current organization",
        "select p.polrelid::regclass || ': ' || p.polname
           from pg_policy p
          where not p.polpermissive and p.polcmd in ('a', 'w', 'd')
            and (coalesce(pg_get_expr(p.polqual, p.polrelid), 'app.org_id()') !~ 'app\\.org_id\\(\\)'
                 or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'app.org_id()') !~ 'app\\.org_id\\(\\)')",
    )
    .await;
}

#[tokio::test]
async fn b23_the_context_stands_in_sub_selects() {
    let app = TestApp::start().await;
    let owner = app.owner().await;
    let expressions = "
        select polrelid::regclass || ': ' || polname || ': ' || expression
          from pg_policy,
               unnest(array[pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)]) as expression
         where expression like '%app.%'";
    let expressions = texts(&owner, expressions).await;
    assert!(expressions.len() > 10, "{expressions:?}");
    for expression in &expressions {
        let calls = expression.matches("app.").count();
        let selected = expression.matches("SELECT app.").count();
        assert_eq!(calls, selected, "called for every row: {expression}");
    }
    assert_none(
        &owner,
        "no policy trusts a setting, which anybody can set, or Neon's functions, which read one",
        "select polrelid::regclass || ': ' || polname
           from pg_policy
          where concat_ws(' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
                ~ 'current_setting|auth\\.'",
    )
    .await;
}
