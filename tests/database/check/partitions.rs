//! Partitions, which are made as time passes: each is held to a rule, whatever its name.

use super::Migrated;
use crate::database::check::assert_told;

/// The first partition there is.
const FIRST: &str = "
    select c.oid::regclass::text
      from pg_class c
     where c.relispartition and c.relkind = 'r'
     order by c.relname
     limit 1";

#[tokio::test]
async fn b5_b17_b19_a_partition_that_breaks_the_rule_is_named() {
    for (change, told) in [
        (
            "alter table {partition} disable row level security",
            "row security disabled (migrations: row security enabled and forced)",
        ),
        (
            "alter table {partition} no force row level security",
            "row security enabled, not forced (migrations: row security enabled and forced)",
        ),
        ("grant select on {partition} to authenticated", "granted to authenticated (migrations: no grant)"),
        ("grant select (action) on {partition} to public", "granted to public (migrations: no grant)"),
        (
            "create policy everything on {partition} for select to authenticated using (true)",
            "policy everything (migrations: no policy)",
        ),
        ("alter table {partition} owner to postgres", "owned by postgres (migrations: owned by owner)"),
        (
            "create trigger own before insert on {partition} for each row execute function app.touch()",
            "trigger own (migrations: no trigger of its own)",
        ),
        (
            "alter table {partition} disable trigger audit_logs_org_id_immutable",
            "trigger audit_logs_org_id_immutable disabled (migrations: no trigger of its own)",
        ),
    ] {
        let migrated = Migrated::new().await;
        let partition: String = migrated.superuser.query_one(FIRST, &[]).await.expect("a partition").get(0);
        migrated.superuser.batch_execute(&change.replace("{partition}", &partition)).await.expect(change);
        let report = migrated.check().fail().await;
        let line = format!("differs: partition public.{partition}: {told}");
        match change.contains("to public") {
            // Everybody is also eleva_app.
            true => {
                let reached = format!(
                    "differs: session tables within reach by itself of eleva_app: public.{partition} (migrations: none)"
                );
                assert_told(change, &report, &[&line, &reached]);
            }
            false => assert_told(change, &report, &[&line]),
        }
    }
}

#[tokio::test]
async fn b19_a_new_partition_that_keeps_the_rule_is_in_order() {
    let migrated = Migrated::then(
        "set role eleva_owner;
         create table audit_logs_2099q1 partition of audit_logs for values from ('2099-01-01') to ('2099-04-01');
         alter table audit_logs_2099q1 enable row level security, force row level security",
    )
    .await;
    migrated.check().succeed().await;
    let detach = "alter table audit_logs detach partition audit_logs_2099q1";
    migrated.superuser.batch_execute(detach).await.expect(detach);
    let report = migrated.check().fail().await;
    // Its triggers were the parent's and went with that.
    let line = "not defined by the migrations: table public.audit_logs_2099q1: owned by owner; \
                row security enabled and forced; no policy";
    assert_told(detach, &report, &[line]);
}
