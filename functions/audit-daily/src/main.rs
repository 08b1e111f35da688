//! What the audit trail takes once a day: partitions for the time to come, a checkpoint, and the figures of each day.

mod checkpoint;
mod daily;
mod figures;
mod organizations;
mod partitions;
mod suspicion;

use eleva::{Worker, settings::Group};

const WORKER: Worker =
    Worker { name: "audit-daily", settings: &[Group::Export, Group::Store, Group::CheckpointSigning] };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    WORKER.run(daily::run).await
}
