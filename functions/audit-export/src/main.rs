//! Exports of the audit trail: each minute what is queued, once a month one for every organization. The table
//! `audit_log_exports` is the queue; docs/audit-export.md has what comes of it.

mod checkpoints;
mod dropped;
mod event;
mod export;
mod failure;
mod finish;
mod follower;
mod output;
mod plan;
mod queue;
mod resume;
mod rows;
mod schedule;
mod work;
mod worker;

use eleva::{Worker, settings::Group};

const WORKER: Worker = Worker { name: "audit-export", settings: &[Group::Export, Group::Store, Group::ExportSigning] };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    WORKER.run(worker::run).await
}
