//! `cargo lambda watch`: the functions behind one address, rebuilt when their source changes.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    account::Account,
    child::{Child, StopSignal},
    environment::Environment,
    failure::Failure,
    probe, programs,
    progress::Step,
};

/// How long the functions may take to answer for the first time, built as they are.
const READY_PATIENCE: Duration = Duration::from_secs(120);

/// How long a function may take for one of its first answers before it is asked again. While all of them start at once,
/// cargo-lambda now and then loses an event: the function runs, and never sees it.
const ANSWER_PATIENCE: Duration = Duration::from_secs(20);

/// The most sandboxes of one function.
const CONCURRENCY: &str = "4";

/// What to serve, and where.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// cargo-lambda.
    pub cargo_lambda: &'a Path,
    /// The workspace.
    pub repository: &'a Path,
    /// The port of 127.0.0.1 to listen on.
    pub port: u16,
    /// The functions' settings.
    pub env_file: &'a Path,
    /// Where its output and the functions' goes.
    pub log: &'a Path,
}

/// A running `cargo lambda watch`.
#[derive(Debug)]
pub struct Watch {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Watch {
    /// Starts it.
    pub fn start(settings: &Settings<'_>) -> Result<Self, Failure> {
        let mut command = Account::own().command(settings.cargo_lambda, StopSignal::Terminate);
        Environment::remove_inherited(&mut command);
        command
            .current_dir(settings.repository)
            .args(["lambda", "watch", "--disable-cors", "--color", "never", "--concurrency", CONCURRENCY])
            .args(["--invoke-address", "127.0.0.1", "--invoke-port", &settings.port.to_string()])
            .arg("--env-file")
            .arg(settings.env_file);
        let child = Child::start("cargo lambda watch", command, settings.log, StopSignal::Terminate)?;
        Ok(Self { child, port: settings.port, log: settings.log.to_owned() })
    }

    /// Waits until the landing page comes, then asks every function once, so that each has started.
    pub async fn ready(&mut self, functions: &BTreeMap<String, String>, step: &Step) -> Result<(), Failure> {
        let port = self.port;
        let answers = async {
            wait_for_landing_page(port).await?;
            step.note("starting the functions");
            ask_each(port, functions).await
        };
        self.expect(answers, "the functions do").await
    }

    /// Has a function handle an event and waits until it has.
    pub async fn invoke(&mut self, function: &str, event: &str) -> Result<(), Failure> {
        let invoker = self.invoker();
        self.expect(invoker.invoke(function, event), &format!("{function} does")).await
    }

    /// What invokes functions while this waits for its end.
    pub fn invoker(&self) -> Invoker {
        Invoker { port: self.port }
    }

    /// Waits for answers. `whose`: whose fault it is when none come.
    async fn expect(&mut self, answers: impl Future<Output = Result<(), String>>, whose: &str) -> Result<(), Failure> {
        let outcome = tokio::select! {
            outcome = timeout(READY_PATIENCE, answers) => outcome,
            failure = self.child.ended() => return Err(failure),
        };
        let problem = match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(problem)) => problem,
            Err(_) => format!("{whose} not answer within {} s", READY_PATIENCE.as_secs()),
        };
        let log = &self.log;
        Err(Failure::Unmet(format!("{problem}; the end of {}:\n{}", log.display(), programs::tail(log, 20))))
    }

    /// Waits until it ends by itself, which it should not. May be dropped and called again.
    pub async fn ended(&mut self) -> Failure {
        self.child.ended().await
    }

    /// Ends it and the functions.
    pub async fn stop(self) {
        self.child.stop(Duration::from_secs(5)).await;
    }
}

/// The way to functions that are invoked by no request.
#[derive(Clone, Copy, Debug)]
pub struct Invoker {
    port: u16,
}

impl Invoker {
    /// Has a function handle an event and waits until it has. The error says in words what came instead.
    pub async fn invoke(&self, function: &str, event: &str) -> Result<(), String> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        match probe::post(self.port, &path, event).await {
            Ok(200) => Ok(()),
            Ok(status) => Err(format!("{function} failed: {status}")),
            Err(error) => Err(format!("{function} does not answer: {error}")),
        }
    }
}

async fn wait_for_landing_page(port: u16) -> Result<(), String> {
    loop {
        match timeout(ANSWER_PATIENCE, probe::get(port, "/")).await {
            Ok(Ok(200)) => return Ok(()),
            Ok(Ok(status)) => return Err(format!("GET / is answered with {status}")),
            // Not listening yet.
            Ok(Err(_)) => sleep(Duration::from_millis(100)).await,
            Err(_) => {}
        }
    }
}

async fn ask_each(port: u16, functions: &BTreeMap<String, String>) -> Result<(), String> {
    let mut asked = JoinSet::new();
    for (function, path) in functions {
        let (function, path) = (function.clone(), path.clone());
        asked.spawn(async move { ask(port, &function, &path, ANSWER_PATIENCE).await });
    }
    while let Some(answer) = asked.join_next().await {
        answer.unwrap_or_else(|error| Err(error.to_string()))?;
    }
    Ok(())
}

/// Asks a function until it answers; once more whenever it has not in this time.
async fn ask(port: u16, function: &str, path: &str, patience: Duration) -> Result<(), String> {
    loop {
        match timeout(patience, probe::get(port, path)).await {
            Ok(Ok(status)) if status < 500 => return Ok(()),
            Ok(Ok(status)) => return Err(format!("{function} answers GET {path} with {status}")),
            Ok(Err(error)) => return Err(format!("{function} does not answer GET {path}: {error}")),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::ask;

    /// Leaves the first two requests unanswered, and answers the third with this status line.
    async fn answer_the_third(listener: TcpListener, status: &str) {
        let mut silent = Vec::new();
        for number in 1.. {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = [0; 1024];
            assert!(stream.read(&mut request).await.expect("a request") > 0);
            if number == 3 {
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.expect("an answer");
                return;
            }
            silent.push(stream);
        }
    }

    #[tokio::test]
    async fn a_function_whose_first_event_was_lost_is_asked_again() {
        for (status, is_fine) in [("302 Found", true), ("502 Bad Gateway", false)] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let answering = tokio::spawn(answer_the_third(listener, status));
            let asked = ask(port, "events", "/events", Duration::from_millis(200)).await;
            assert_eq!(asked.is_ok(), is_fine, "{asked:?}");
            answering.await.expect("three requests");
        }
    }
}
