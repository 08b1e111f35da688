//! The whole of it, in order. Every step may be done again, so that an invocation that failed is simply repeated.

use std::time::Duration;

use eleva::{
    App, Invocation,
    database::{Error, ExportScope, Transaction},
    http::Problem,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    checkpoint::{self, CheckpointError},
    figures, organizations, partitions, suspicion,
};

/// No further organization is begun when less than this is left.
const LEAST_TIME: Duration = Duration::from_secs(5);

/// Why an invocation failed, or an organization's part of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A setting is missing.
    #[error("{0}")]
    Setting(Problem),
    /// The database did not do it.
    #[error(transparent)]
    Database(#[from] Error),
    /// The partitions were not made. The figures were.
    #[error("the partitions of the quarters to come cannot be made: {0}")]
    Partitions(Error),
    /// There is no checkpoint of the day, or WorkOS was not told. The rest was done.
    #[error("the checkpoint is not published: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Some organizations failed; the log names them. The others were done.
    #[error("{failed} of {organizations} organizations failed")]
    Organizations {
        /// How many failed.
        failed: usize,
        /// How many had something to count.
        organizations: usize,
    },
    /// What was done is kept, and the next invocation goes on from there.
    #[error("the time was up before every organization was done")]
    OutOfTime,
}

/// What was done.
#[derive(Debug, Default)]
struct Tally {
    organizations: usize,
    days: usize,
    failed: usize,
    is_out_of_time: bool,
}

impl Tally {
    fn count(&mut self, org_id: Uuid, outcome: Result<usize, Failure>) {
        match outcome {
            Err(Failure::OutOfTime) => {
                self.is_out_of_time = true;
                return;
            }
            Ok(days) => self.days += days,
            Err(error) => {
                self.failed += 1;
                tracing::error!(%org_id, %error, "an organization failed");
            }
        }
        self.organizations += 1;
    }

    fn answer(self) -> Result<Value, Failure> {
        let Self { organizations, days, failed, is_out_of_time } = self;
        match failed {
            _ if is_out_of_time => Err(Failure::OutOfTime),
            0 => Ok(json!({"organizations": organizations, "days": days, "failed": failed})),
            _ => Err(Failure::Organizations { failed, organizations }),
        }
    }
}

/// Makes partitions, publishes the checkpoint, then counts. One that fails does not keep the others from being done.
pub(crate) async fn run(app: &App, invocation: &Invocation) -> Result<Value, Failure> {
    let scope = app.export().map_err(Failure::Setting)?;
    let partitions = partitions::ensure(&scope).await;
    let published = checkpoint::publish(app, &scope).await;
    let counted = count(&scope, invocation).await;
    // The invocation fails for one reason; these are the others.
    if let (Err(_), Err(error)) = (&partitions, &published) {
        tracing::error!(%error, "the checkpoint is not published");
    }
    if let (true, Err(error)) = (partitions.is_err() || published.is_err(), &counted) {
        tracing::error!(%error, "not every organization was counted");
    }
    partitions.map_err(Failure::Partitions)?;
    let date = published?;
    let mut answer = counted?;
    answer["checkpoint"] = date.to_string().into();
    Ok(answer)
}

async fn count(scope: &ExportScope<'_>, invocation: &Invocation) -> Result<Value, Failure> {
    let mut tally = Tally::default();
    let mut last = Uuid::nil();
    while !tally.is_out_of_time {
        let page = organizations::after(scope, last).await?;
        let Some(newest) = page.last() else { break };
        last = *newest;
        let outcomes =
            scope.each(&page, async |transaction: &mut Transaction<'_>, org_id| match invocation.time_left() {
                Some(left) if left < LEAST_TIME => Err(Failure::OutOfTime),
                _ => count_one(transaction, org_id).await,
            });
        for (org_id, outcome) in outcomes.await? {
            tally.count(org_id, outcome);
        }
    }
    tally.answer()
}

/// Counts one organization's days; answers how many.
async fn count_one(transaction: &mut Transaction<'_>, org_id: Uuid) -> Result<usize, Failure> {
    let days = figures::refresh(transaction, org_id).await?;
    suspicion::report(transaction, org_id, &days).await?;
    Ok(days.len())
}
