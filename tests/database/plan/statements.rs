//! The functions' own statements, as they stand in their source (hardening B23).

use dev::world::Login;
use tokio_postgres::{
    Client,
    types::{ToSql, Type},
};

use super::{crowd::Crowd, explain_only, findings::findings, source};
use crate::{
    app::connect_directly,
    database::{
        INSUFFICIENT_PRIVILEGE,
        clinics::{AURORA, AURORA_OWNER},
    },
};

/// A value of a parameter's type, or NULL of it: with either, another part of a statement is planned.
fn value(kind: &Type, is_null: bool) -> Box<dyn ToSql + Sync> {
    fn of<T: ToSql + Sync + 'static>(value: T, is_null: bool) -> Box<dyn ToSql + Sync> {
        Box::new(if is_null { None } else { Some(value) })
    }
    match *kind {
        Type::BOOL => of(true, is_null),
        Type::INT4 => of(1_i32, is_null),
        Type::INT8 => of(50_i64, is_null),
        Type::INT8_ARRAY => of(vec![50_i64], is_null),
        Type::TEXT => of("text", is_null),
        Type::TEXT_ARRAY => of(vec!["text"], is_null),
        Type::UUID => of(uuid::Uuid::new_v4(), is_null),
        Type::UUID_ARRAY => of(vec![uuid::Uuid::new_v4()], is_null),
        Type::DATE => of(jiff::civil::Date::constant(2026, 10, 25), is_null),
        Type::DATE_ARRAY => of(vec![jiff::civil::Date::constant(2026, 10, 25)], is_null),
        Type::BYTEA => of(vec![0_u8; 32], is_null),
        Type::TIMESTAMP => of(jiff::civil::date(2027, 1, 11).at(10, 0, 0, 0), is_null),
        Type::TIMESTAMPTZ => of(std::time::SystemTime::now(), is_null),
        Type::INET => of(std::net::IpAddr::from([203, 0, 113, 9]), is_null),
        Type::JSONB => of(serde_json::json!({}), is_null),
        _ => panic!("no value is known for parameters of the type {kind}"),
    }
}

/// What is wrong with a statement's plans; `None` when this client has not the rights.
async fn faults(client: &Client, sql: &str, types: &[Type], tenant_tables: &[String]) -> Option<Vec<String>> {
    let mut faults = Vec::new();
    for is_null in [false, true] {
        let values: Vec<Box<dyn ToSql + Sync>> = types.iter().map(|kind| value(kind, is_null)).collect();
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> =
            values.iter().map(|value| &**value).zip(types.iter().cloned()).collect();
        client.batch_execute("savepoint attempt").await.expect("a savepoint");
        let plan = explain_only(client, sql, &parameters).await;
        client.batch_execute("rollback to savepoint attempt").await.expect("a savepoint");
        match plan {
            Ok(plan) => faults.extend(findings(&plan, tenant_tables)),
            Err(error) if error.code().is_some_and(|code| code.code() == INSUFFICIENT_PRIVILEGE) => return None,
            Err(error) => panic!("{error:?}: {sql}"),
        }
    }
    Some(faults)
}

#[tokio::test]
async fn b23_no_statement_of_a_function_scans_a_table_or_runs_a_sub_plan_for_every_row() {
    let crowd = Crowd::gather().await;
    let app = &crowd.app;
    let owner = connect_directly(&crate::app::world().owner_url(app.database())).await;
    let begun = app.begin_as(AURORA_OWNER, AURORA).await;
    let identity = app.connect_as(Login::Identity).await;
    let exporter = app.connect_as(Login::Exporter).await;
    for client in [&identity, &exporter] {
        client.batch_execute("begin").await.expect("a transaction");
    }
    let statements = source::statements();
    assert!(statements.len() >= 20, "the statements are found: {:#?}", statements.keys());
    let mut all = Vec::new();
    // A checkpoint is about all organizations.
    let of_one = statements.iter().filter(|(place, _)| !place.starts_with("functions/audit-daily/src/checkpoint.rs:"));
    for (place, sql) in of_one {
        let types = owner.prepare(sql).await.unwrap_or_else(|error| panic!("{place}: {error:?}")).params().to_vec();
        let mut is_somebody_s = false;
        for client in [&begun.client, &identity, &exporter] {
            if let Some(faults) = faults(client, sql, &types, &crowd.tenant_tables).await {
                is_somebody_s = true;
                all.extend(faults.into_iter().map(|fault| format!("{place}: {fault}")));
            }
        }
        // Called before anybody is somebody, or by whom nobody let in; what they do is looked at elsewhere.
        let is_outside = sql.contains("app.begin(") || sql.contains("app.audit_refusal(");
        assert!(is_somebody_s || is_outside, "{place}: nobody may run this");
    }
    assert!(all.is_empty(), "{all:#?}");
}
