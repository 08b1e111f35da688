//! A worker's life: start, then one invocation after another. A schedule invokes it, and no request does.

use std::{
    fmt::{self, Debug, Display},
    time::{Duration, Instant, SystemTime},
};

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    app::App,
    sandbox::{Needs, Sandbox},
    settings::Group,
};

/// What a worker is made of, besides its work.
#[derive(Clone, Copy, Debug)]
pub struct Worker {
    /// Its name: package, folder, binary and template block share it.
    pub name: &'static str,
    /// The settings it needs beyond those of every function. Nobody has a session in it, so it has no `SESSION_KEYS`.
    pub settings: &'static [Group],
}

/// What a worker is invoked with.
#[derive(Debug)]
pub struct Invocation {
    event: Value,
    id: String,
    /// When the platform ends the sandbox; `None` where it does not say.
    deadline: Option<Instant>,
}

/// What is left of the time when the work is cut off, for saying so.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The time for an invocation was up.
const OUT_OF_TIME: &str = "the time was up";

/// An invocation failed. What the platform is told: why, as it stands in the log.
struct Failed(String);

impl Debug for Failed {
    /// For the line that the runtime writes of every failure; ours says more, and is there already.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the invocation failed")
    }
}

impl From<Failed> for Diagnostic {
    fn from(Failed(error_message): Failed) -> Self {
        Self { error_type: "Failed".to_owned(), error_message }
    }
}

impl Worker {
    /// Starts, and works until the sandbox ends.
    ///
    /// A start that fails is logged as [`crate::Function::run`] does it. Work that fails is logged here, once, and is a
    /// failed invocation to the platform, which then tries again as its configuration says. When the time is up,
    /// whatever is under way is dropped: transactions roll back.
    pub async fn run<E: Display>(
        self,
        work: impl AsyncFn(&App, &Invocation) -> Result<Value, E>,
    ) -> Result<(), lambda_runtime::Error> {
        crate::log::init(self.name);
        let sandbox = Sandbox::start(Needs::Worker(self.settings)).await.inspect_err(|error| {
            tracing::error!(worker = self.name, %error, "the worker cannot start");
        })?;
        let (sandbox, work) = (&sandbox, &work);
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
            self.answer(sandbox, &Invocation::new(event), work).await.map_err(Failed)
        }))
        .await
    }

    async fn answer<E: Display>(
        &self,
        sandbox: &Sandbox,
        invocation: &Invocation,
        work: impl AsyncFn(&App, &Invocation) -> Result<Value, E>,
    ) -> Result<Value, String> {
        let started = Instant::now();
        let working = perform(sandbox, invocation, work);
        let outcome = match invocation.time_left() {
            Some(time) => timeout(time, working).await.unwrap_or_else(|_| Err(OUT_OF_TIME.to_owned())),
            None => working.await,
        };
        let (request_id, milliseconds) = (invocation.id(), started.elapsed().as_millis() as u64);
        match &outcome {
            Ok(answer) => tracing::info!(worker = self.name, request_id, milliseconds, %answer, "done"),
            Err(error) => tracing::error!(worker = self.name, request_id, milliseconds, error, "failed"),
        }
        outcome
    }
}

/// Works. What failed over credentials that were rotated is tried once more with the new ones.
async fn perform<E: Display>(
    sandbox: &Sandbox,
    invocation: &Invocation,
    work: impl AsyncFn(&App, &Invocation) -> Result<Value, E>,
) -> Result<Value, String> {
    let app = sandbox.app();
    let mut outcome = work(&app, invocation).await;
    if sandbox.renew(&app).await && outcome.is_err() {
        outcome = work(&sandbox.app(), invocation).await;
    }
    outcome.map_err(|error| error.to_string())
}

impl Invocation {
    fn new(event: LambdaEvent<Value>) -> Self {
        // `cargo lambda watch` gives a deadline that has long passed: none.
        let left = event.context.deadline().duration_since(SystemTime::now()).ok();
        let deadline = left.map(|left| Instant::now() + left.saturating_sub(LAST_WORDS));
        Self { event: event.payload, id: event.context.request_id, deadline }
    }

    /// What the schedule said.
    pub fn event(&self) -> &Value {
        &self.event
    }

    /// The platform's id of it, the `request_id` of its lines in the log.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How much time is left; `None` where there is no limit.
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use lambda_runtime::{Context, LambdaEvent};
    use serde_json::json;

    use super::Invocation;

    fn invocation(deadline: SystemTime) -> Invocation {
        let mut context = Context::default();
        let since = deadline.duration_since(UNIX_EPOCH).expect("after 1970");
        context.deadline = u64::try_from(since.as_millis()).expect("before the year 292 million");
        Invocation::new(LambdaEvent::new(json!({}), context))
    }

    #[test]
    fn the_time_left_ends_before_the_deadline() {
        let left = invocation(SystemTime::now() + Duration::from_secs(60)).time_left().expect("a limit");
        assert!(left < Duration::from_secs(60) && left > Duration::from_secs(50), "{left:?}");
        let left = invocation(SystemTime::now() + Duration::from_millis(500)).time_left();
        assert_eq!(left, Some(Duration::ZERO));
    }

    #[test]
    fn a_deadline_that_has_passed_is_none() {
        assert_eq!(invocation(UNIX_EPOCH).time_left(), None);
    }
}
