//! Closing an organization, and erasing it in one transaction.

use eleva::audit::{Action, ResourceType};
use serde_json::{Map, Value, json};
use tokio_postgres::{Client, Transaction};
use uuid::Uuid;

use super::{
    EraseError,
    steps::{Done, STEPS},
};
use crate::trail::{self, Row};

/// Less than PostgreSQL's deadlock_timeout.
const WAIT: &str = "set local lock_timeout = '300ms'";

/// Waits for nobody who adds rows to the organization.
const LOCK_TO_CLOSE: &str = "
    select slug
      from organizations
     where id = $1
       for no key update";

/// Whoever adds rows to the organization has ended, or waits from here on and is refused when they write to the trail.
const LOCK_TO_ERASE: &str = "
    select slug
      from organizations
     where id = $1
       for update";

/// Nobody places a hold until the transaction ends: not on another organization either, whose people may be those here.
/// Nor does anybody erase another organization meanwhile: of people of both, each would take the other to be left.
const LOCK_HOLDS: &str = "lock table legal_holds in share row exclusive mode";

const IS_HELD: &str = "select exists (select from legal_holds where org_id = $1)";

/// Locks the organization and asks again whether it is the one that is meant, since organizations change their slugs, and
/// whether it may be erased.
async fn enter(transaction: &Transaction<'_>, lock: &str, org_id: Uuid, slug: &str) -> Result<(), EraseError> {
    transaction.batch_execute(WAIT).await?;
    let row = transaction.query_one(lock, &[&org_id]).await?;
    if row.try_get::<_, &str>("slug")? != slug {
        return Err(EraseError::NotConfirmed(org_id));
    }
    transaction.batch_execute(LOCK_HOLDS).await?;
    match transaction.query_one(IS_HELD, &[&org_id]).await?.try_get(0)? {
        true => Err(EraseError::Held(org_id)),
        false => Ok(()),
    }
}

const CLOSE: &str = "
    update organizations
       set deleted_at = now()
     where id = $1
       and deleted_at is null";

/// Has nobody begin anything in the organization any more, and whoever has begun end without having written. As long as
/// they come and go, there is no moment in which nobody writes.
pub(super) async fn close(client: &mut Client, org_id: Uuid, slug: &str) -> Result<(), EraseError> {
    let transaction = client.transaction().await?;
    enter(&transaction, LOCK_TO_CLOSE, org_id, slug).await?;
    if transaction.execute(CLOSE, &[&org_id]).await? > 0 {
        record(&transaction, org_id, Action::OrgSettingsUpdated, json!({"access": "closed"})).await?;
    }
    transaction.commit().await?;
    Ok(())
}

const LOCK_HEAD: &str = "
    select seq
      from audit_heads
     where org_id = $1
       for update";

/// Erases all of it or nothing.
pub(super) async fn erase(client: &mut Client, org_id: Uuid, slug: &str) -> Result<Vec<Done>, EraseError> {
    let transaction = client.transaction().await?;
    enter(&transaction, LOCK_TO_ERASE, org_id, slug).await?;
    transaction.query_opt(LOCK_HEAD, &[&org_id]).await?;
    let mut done = Vec::new();
    for step in &STEPS {
        done.push(Done { step, rows: transaction.execute(step.sql, &[&org_id]).await? });
    }
    let tables: Map<String, Value> = done.iter().map(|done| (done.step.table.to_owned(), done.rows.into())).collect();
    record(&transaction, org_id, Action::GdprDataDeletion, json!({"tables": tables})).await?;
    transaction.commit().await?;
    Ok(done)
}

async fn record(
    transaction: &Transaction<'_>,
    org_id: Uuid,
    action: Action,
    metadata: Value,
) -> Result<(), tokio_postgres::Error> {
    let resource_id = org_id.to_string();
    let row = Row { org_id, action, resource: (ResourceType::Organization, &resource_id), is_success: true, metadata };
    trail::append(transaction, &row).await
}
