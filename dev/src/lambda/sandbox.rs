//! One process of a function.

use std::{
    io,
    net::Ipv4Addr,
    path::Path,
    process::ExitStatus,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    environment,
    error::InvokeError,
    invocation::{Invocation, Outcome},
    output::Output,
    runtime_api::{Phase, RuntimeApi},
};

/// How long a sandbox may take until it asks for its first event. Lambda gives ten seconds; an unoptimised binary on a
/// machine that is busy compiling gets more.
const START_LIMIT: Duration = Duration::from_secs(30);

const STARTING: &str = "before it asked for its first event";
const HANDLING: &str = "while it had an event";

/// When a sandbox was started and when it was ready.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// When its process was spawned.
    pub spawned: Instant,
    /// When it asked for its first event: the end of what Lambda reports as `Init Duration`.
    pub polled: Instant,
    /// The id of its process.
    pub process: u32,
}

impl Start {
    /// From spawn to first poll.
    pub fn duration(&self) -> Duration {
        self.polled.duration_since(self.spawned)
    }
}

/// A process of a function with a Runtime API of its own. Dropping it kills the process.
pub(super) struct Sandbox {
    function: String,
    child: Child,
    process: u32,
    spawned: Instant,
    phase: watch::Receiver<Phase>,
    invocations: mpsc::Sender<Invocation>,
    output: Arc<Output>,
    listener: JoinHandle<io::Result<()>>,
}

impl Sandbox {
    /// Starts a process. It is not ready yet.
    pub(super) async fn spawn(
        function: &str,
        binary: &Path,
        environment: &[(String, String)],
        output: Arc<Output>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (invocations, receiver) = mpsc::channel(1);
        let (phase_sender, phase) = watch::channel(Phase::Starting);
        let api = RuntimeApi::new(function.to_owned(), receiver, phase_sender).router();
        let listener = tokio::spawn(async move { axum::serve(listener, api).await });
        let spawned = Instant::now();
        let child = Command::new(binary)
            .env_clear()
            .envs(environment::of_lambda(function, address))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(std::process::Stdio::null())
            .stdout(output.stdio()?)
            .stderr(output.stdio()?)
            .kill_on_drop(true)
            .spawn()
            .inspect_err(|_| listener.abort())?;
        let process = child.id().ok_or_else(|| io::Error::other("the process has no id"))?;
        Ok(Self { function: function.to_owned(), child, process, spawned, phase, invocations, output, listener })
    }

    /// Waits until the sandbox asks for its first event.
    pub(super) async fn ready(&mut self) -> Result<Start, InvokeError> {
        let mut phase = self.phase.clone();
        let settled = async {
            let reached = phase.wait_for(|phase| !matches!(phase, Phase::Starting)).await.map(|phase| phase.clone());
            match reached {
                Ok(phase) => phase,
                // The listener is gone, which happens only when this sandbox is.
                Err(_) => std::future::pending().await,
            }
        };
        let settled = tokio::select! {
            biased;
            phase = settled => phase,
            status = self.child.wait() => return Err(self.exited(status, STARTING)),
            () = tokio::time::sleep(START_LIMIT) => return Err(self.silent(START_LIMIT, STARTING)),
        };
        match settled {
            Phase::Polled(polled) => Ok(Start { spawned: self.spawned, polled, process: self.process }),
            Phase::Failed(error) => Err(InvokeError::Init { function: self.function.clone(), error }),
            Phase::Starting => Err(self.silent(START_LIMIT, STARTING)),
        }
    }

    /// Has the sandbox handle an event. After any error but `Failed` the sandbox is of no more use.
    pub(super) async fn invoke(&mut self, payload: &Value, limit: Duration) -> Result<Value, InvokeError> {
        self.ready().await?;
        let (invocation, outcome) = Invocation::new(payload, limit);
        let exchange = async {
            match self.invocations.send(invocation).await {
                Ok(()) => outcome.await.ok(),
                Err(_) => None,
            }
        };
        let outcome = tokio::select! {
            biased;
            Some(outcome) = exchange => outcome,
            status = self.child.wait() => return Err(self.exited(status, HANDLING)),
            () = tokio::time::sleep(limit) => return Err(self.silent(limit, HANDLING)),
        };
        let function = self.function.clone();
        match outcome {
            Outcome::Answered(body) => serde_json::from_slice(&body)
                .map_err(|error| InvokeError::Unusable { function, reason: format!("not JSON: {error}") }),
            Outcome::Failed(error) => Err(InvokeError::Failed { function, error }),
            Outcome::Unusable(reason) => Err(InvokeError::Unusable { function, reason }),
        }
    }

    /// Whether the process is still there.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills the process and waits until it is gone.
    pub(super) async fn stop(mut self) {
        // The kill fails only where the process has ended by itself.
        let _ = timeout(START_LIMIT, self.child.kill()).await;
    }

    fn exited(&self, status: io::Result<ExitStatus>, when: &'static str) -> InvokeError {
        let function = self.function.clone();
        match status {
            Ok(status) => InvokeError::Exited { function, status, when, output: self.output.last_lines() },
            Err(error) => InvokeError::Unusable { function, reason: format!("its process is lost: {error}") },
        }
    }

    fn silent(&self, limit: Duration, when: &'static str) -> InvokeError {
        let output = self.output.last_lines();
        InvokeError::TimedOut { function: self.function.clone(), limit, when, output }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
