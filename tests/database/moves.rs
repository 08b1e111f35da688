//! A row never moves to another organization, whoever moves it (hardening B9); and there is one platform, which
//! nobody makes or becomes.

use dev::world::Login;

use crate::{
    app::TestApp,
    database::{
        clinics::{AURORA, NORTE},
        matrix::Stage,
        refusal,
    },
};

/// Of the trigger `…_org_id_immutable`.
const INTEGRITY_CONSTRAINT_VIOLATION: &str = "23000";

#[tokio::test]
async fn b9_not_even_the_owner_moves_a_row_to_another_organization() {
    let app = TestApp::start().await;
    let stage = Stage::set(&app).await;
    let owner = app.owner().await;
    let tables = "
        select c.oid::regclass::text
          from pg_attribute a
          join pg_class c on c.oid = a.attrelid
         where a.attname = 'org_id' and c.relkind in ('r', 'p') and not c.relispartition
           and c.relnamespace = 'public'::regnamespace";
    let tables = owner.query(tables, &[]).await.expect("the tables with an organization");
    assert!(tables.len() >= 18);
    for table in tables.iter().map(|row| row.get::<_, &str>(0)) {
        let rows: i64 = owner.query_one(&format!("select count(*) from {table}"), &[]).await.expect("a count").get(0);
        assert!(rows > 0, "{table} needs a row to be moved");
        let (from, to) = (stage.organization(AURORA), stage.organization(NORTE));
        let moving = format!("update {table} set org_id = '{to}' where org_id = '{from}'");
        let refused = refusal(owner.batch_execute(&moving).await);
        assert_eq!(refused.as_deref(), Some(INTEGRITY_CONSTRAINT_VIOLATION), "{table}");
        let staying = format!("update {table} set org_id = org_id");
        assert_eq!(refusal(owner.batch_execute(&staying).await), None, "{table}");
    }
}

#[tokio::test]
async fn b9_there_is_one_platform_and_nobody_makes_another() {
    let app = TestApp::start().await;
    let identity = app.connect_as(Login::Identity).await;
    // A second platform, or the only one under another name, would carry rows that belong to no customer.
    let platform = "insert into organizations (slug, name, type) values ('second', 'Second', 'platform')";
    assert_eq!(refusal(identity.batch_execute(platform).await).as_deref(), Some("42501"));
    let owner = app.owner().await;
    assert_eq!(refusal(owner.batch_execute(platform).await).as_deref(), Some("23505"), "there is one, for everybody");
}
