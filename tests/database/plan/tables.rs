//! Every table with an org_id: list, count, one, update and delete (hardening B23).

use dev::world::Login;
use tokio_postgres::Client;
use uuid::Uuid;

use super::{
    crowd::{Crowd, texts},
    explain_only,
    findings::findings,
};
use crate::database::clinics::{AURORA, AURORA_OWNER};

/// What a member may do with each table. Without a condition on the organization: the policies are all there is.
const TABLES: &str = "
    select c.relname::text as name,
           (select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
              from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
               and has_column_privilege('authenticated', c.oid, a.attnum, 'select')) as readable,
           (select quote_ident(min(a.attname))
              from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
               and has_column_privilege('authenticated', c.oid, a.attnum, 'update')) as writable,
           has_table_privilege('authenticated', c.oid, 'delete') as is_deletable,
           (select array_agg(a.attname::text)
              from pg_index i
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
             where i.indisprimary and i.indrelid = c.oid) as key
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'org_id')
     order by 1";

/// The statements that a member may send, table by table. A table that is in nobody's grant has none.
async fn statements(superuser: &Client, org_id: Uuid) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for row in superuser.query(TABLES, &[]).await.expect("the catalogue") {
        let (name, key): (String, Vec<String>) = (row.get("name"), row.get("key"));
        let key: Vec<String> = key.iter().map(|column| format!("format('{column} = %L', {column})")).collect();
        let one =
            format!("select concat_ws(' and ', {}) from {name} where org_id = '{org_id}' limit 1", key.join(", "));
        let one = texts(superuser, &one).await.pop().unwrap_or_else(|| panic!("{name} has no row of {org_id}"));
        let mut statements = Vec::new();
        if let Some(columns) = row.get::<_, Option<&str>>("readable") {
            statements.push(format!("select {columns} from {name} limit 50"));
            statements.push(format!("select {columns} from {name} where {one}"));
            let first = columns.split(", ").next().expect("a column");
            statements.push(format!("select count({first}) from {name}"));
        }
        if let Some(column) = row.get::<_, Option<&str>>("writable") {
            statements.push(format!("update {name} set {column} = {column}"));
            statements.push(format!("update {name} set {column} = {column} where {one}"));
        }
        if row.get("is_deletable") {
            statements.push(format!("delete from {name}"));
            statements.push(format!("delete from {name} where {one}"));
        }
        all.push((name, statements));
    }
    all
}

#[tokio::test]
async fn b23_no_policy_makes_a_statement_scan_a_table_or_run_a_sub_plan_for_every_row() {
    let crowd = Crowd::gather().await;
    let begun = crowd.app.begin_as(AURORA_OWNER, AURORA).await;
    let all = statements(&crowd.superuser, begun.org_id).await;
    let (mut planned, mut faults) = (0, Vec::new());
    for statement in all.iter().flat_map(|(_, statements)| statements) {
        let plan = explain_only(&begun.client, statement, &[]).await.expect(statement);
        planned += 1;
        faults.extend(findings(&plan, &crowd.tenant_tables).into_iter().map(|fault| format!("{statement}: {fault}")));
    }
    for statement in ["select * from audit_logs limit 50", "select count(*) from audit_logs"] {
        let plan = explain_only(&exporter(&crowd, begun.org_id).await, statement, &[]).await.expect(statement);
        faults.extend(findings(&plan, &crowd.tenant_tables).into_iter().map(|fault| format!("exporter: {fault}")));
    }
    let unreachable: Vec<&str> =
        all.iter().filter(|(_, statements)| statements.is_empty()).map(|(name, _)| name.as_str()).collect();
    let system = ["audit_heads", "audit_refusals", "legal_holds", "workos_audit_outbox"];
    assert_eq!(unreachable, system, "no member reaches these, and every other one");
    assert!(planned >= 70, "{planned} statements");
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A transaction of the exporter's about one organization.
async fn exporter(crowd: &Crowd, org_id: Uuid) -> Client {
    let exporter = crowd.app.connect_as(Login::Exporter).await;
    let begin = format!("begin; select app.export_begin('{org_id}')");
    exporter.batch_execute(&begin).await.expect("the organization is there");
    exporter
}

/// Ways to spoil a policy or an index, a statement that shows it, and a part of what is then found.
const SPOILT: [(&str, &str, &str); 5] = [
    (
        // No index has the organization's id as text.
        "alter policy events_tenant_select on events using (org_id::text = (select app.org_id())::text)",
        "select id from events",
        "events is scanned as a whole",
    ),
    (
        "alter policy events_tenant_delete on events using (org_id = (select app.org_id()) or not is_active)",
        "delete from events",
        "events is scanned as a whole",
    ),
    (
        "alter policy events_tenant_select on events using (
           exists (
             select
               from user_org_memberships m
              where m.org_id = events.org_id and m.workos_user_id = (select app.user_id()) and m.status = 'active'
           )
         )",
        "select count(*) from events",
        "is a sub-plan for every row",
    ),
    (
        "alter policy audit_logs_tenant_select on audit_logs using (app.org_id() is not null)",
        "select seq from audit_logs",
        "is scanned as a whole",
    ),
    ("drop index profiles_org_id_idx", "select count(*) from profiles", "profiles is scanned as a whole"),
];

#[tokio::test]
async fn b23_a_spoilt_policy_and_a_missing_index_are_found() {
    let crowd = Crowd::gather().await;
    for (spoil, statement, expected) in SPOILT {
        let before = crowd.app.begin_as(AURORA_OWNER, AURORA).await;
        let plan = explain_only(&before.client, statement, &[]).await.expect(statement);
        assert_eq!(findings(&plan, &crowd.tenant_tables), Vec::<String>::new(), "before: {spoil}");
        before.client.batch_execute("rollback").await.expect("nothing keeps the table");
        crowd.superuser.batch_execute(spoil).await.expect(spoil);
        let after = crowd.app.begin_as(AURORA_OWNER, AURORA).await;
        let plan = explain_only(&after.client, statement, &[]).await.expect(statement);
        let found = findings(&plan, &crowd.tenant_tables);
        assert!(found.iter().any(|finding| finding.contains(expected)), "{spoil}: {found:?} in {plan}");
        after.client.batch_execute("rollback").await.expect("the next one is another's turn");
        // Each is looked at alone.
        if spoil.contains("events_tenant_select") {
            let mend = "alter policy events_tenant_select on events using (org_id = (select app.org_id()))";
            crowd.superuser.batch_execute(mend).await.expect(mend);
        }
    }
}
