//! Grants: every command on every table, for every role that has it on some columns or not at all.

use super::{Report, superuser_on_stage};
use crate::{
    app::TestApp,
    database::matrix::{all, columns_as_superuser, everybody},
};

const ROLES: [&str; 7] =
    ["public", "authenticated", "anonymous", "eleva_app", "eleva_identity", "eleva_exporter", "eleva_definer"];

/// What a grant may be on a table.
const PRIVILEGES: [&str; 5] = ["select", "insert", "update", "delete", "truncate"];

/// Whether a role has a privilege on every column of a table. What PUBLIC had, everybody would have.
const HAS: &str = "
    select case when $1::text = 'public' then false
                else has_table_privilege($1, $2::text::regclass, $3::text) end";

#[tokio::test]
async fn b7_b22_every_limit_of_a_grant_is_missed() {
    let app = TestApp::start().await;
    let (superuser, _) = superuser_on_stage(&app).await;
    // A role that cannot even enter the schema would show nothing of what it was granted there.
    let enter = "
        grant usage on schema public, app to authenticated, anonymous, eleva_app, eleva_identity, eleva_exporter,
                                            eleva_definer";
    superuser.batch_execute(enter).await.expect("a superuser may grant anything");
    let mut report = Report::default();
    for table in all() {
        for role in ROLES {
            for privilege in PRIVILEGES {
                let name = format!("public.{}", table.name);
                let has = superuser.query_one(HAS, &[&role, &name, &privilege]).await;
                if has.expect("an answer").get(0) {
                    continue;
                }
                let mutation = format!("grant {privilege} on public.{} to {role}", table.name);
                superuser.batch_execute(&format!("savepoint mutation; {mutation}")).await.expect("the mutation is SQL");
                let mut noticed = None;
                for who in everybody().filter(|who| who.is_bare() && (role == "public" || who.role() == role)) {
                    let tally = columns_as_superuser(&superuser, table, who).await;
                    noticed = noticed.or(tally.wrong.into_iter().next());
                    if noticed.is_some() {
                        break;
                    }
                }
                superuser.batch_execute("rollback to savepoint mutation").await.expect("a savepoint");
                report.add(mutation, noticed);
            }
        }
    }
    report.finish("grants", 500);
}
