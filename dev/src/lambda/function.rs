//! A function: its binary, its environment, its sandboxes.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;

use super::{
    error::InvokeError,
    output::Output,
    sandbox::{Sandbox, Start},
};

/// How long a function has for an event, unless told otherwise: as long as an HTTP API waits for an integration.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// A function that can be invoked. Belongs to the tokio runtime it is first invoked on; its sandboxes die with it.
pub struct Function {
    name: String,
    binary: PathBuf,
    environment: Vec<(String, String)>,
    timeout: Duration,
    idle: Mutex<Vec<Sandbox>>,
    outputs: Mutex<Vec<Arc<Output>>>,
}

impl Function {
    /// The function that `binary` is; its file name is the function's name. `environment` are its settings.
    ///
    /// Nothing is started, and the binary need not be there, until the first invocation.
    pub fn new(binary: PathBuf, environment: Vec<(String, String)>) -> Self {
        let name = binary.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (idle, outputs) = (Mutex::default(), Mutex::default());
        Self { name, binary, environment, timeout: DEFAULT_TIMEOUT, idle, outputs }
    }

    /// The same function with another time limit per event.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Has an idle sandbox, or a fresh one where none is idle, handle an event.
    ///
    /// Dropping the future kills the sandbox in the middle of its work.
    pub async fn invoke(&self, payload: Value) -> Result<Value, InvokeError> {
        let mut sandbox = match self.take_idle() {
            Some(sandbox) => sandbox,
            None => self.spawn().await?,
        };
        let outcome = sandbox.invoke(&payload, self.timeout).await;
        if matches!(outcome, Ok(_) | Err(InvokeError::Failed { .. })) {
            self.keep(sandbox);
        }
        outcome
    }

    /// Starts one more sandbox, waits until it is ready, and keeps it for the next event.
    pub async fn start(&self) -> Result<Start, InvokeError> {
        let mut sandbox = self.spawn().await?;
        let start = sandbox.ready().await?;
        self.keep(sandbox);
        Ok(start)
    }

    /// Ends every idle sandbox, so that the next event meets a cold start.
    pub async fn stop(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for sandbox in idle {
            sandbox.stop().await;
        }
    }

    /// How many sandboxes were started so far.
    pub fn started(&self) -> usize {
        self.outputs.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What its sandboxes have written to standard output and standard error, sandbox by sandbox.
    pub fn logs(&self) -> String {
        let outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = outputs.iter().map(|output| {
            output.text().unwrap_or_else(|error| format!("(the output of {} cannot be read: {error})\n", self.name))
        });
        texts.collect()
    }

    async fn spawn(&self) -> Result<Sandbox, InvokeError> {
        if !self.binary.is_file() {
            return Err(InvokeError::BinaryMissing(self.binary.clone()));
        }
        let start = |source| InvokeError::Start { binary: self.binary.clone(), source };
        let output = Arc::new(Output::create().map_err(start)?);
        self.outputs.lock().unwrap_or_else(PoisonError::into_inner).push(output.clone());
        Sandbox::spawn(&self.name, &self.binary, &self.environment, output).await.map_err(start)
    }

    /// The sandbox that was used last: as at Lambda, others may then grow old.
    fn take_idle(&self) -> Option<Sandbox> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut sandbox) = idle.pop() {
            if sandbox.is_alive() {
                return Some(sandbox);
            }
        }
        None
    }

    fn keep(&self, sandbox: Sandbox) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(sandbox);
    }
}

impl fmt::Debug for Function {
    /// Without the environment, which holds secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Function")
            .field("name", &self.name)
            .field("binary", &self.binary)
            .finish_non_exhaustive()
    }
}
