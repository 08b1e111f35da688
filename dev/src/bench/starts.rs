//! Starting a function: from spawn to first poll, with its settings in the environment and with a secret.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use super::{
    costs::{Sample, mebibytes, milliseconds},
    report::{Start, Starts},
    subject::Subject,
};
use crate::{
    environment::SECRET,
    failure::Failure,
    lambda::{Function, InvokeError},
    ministack,
    progress::Progress,
    world::TestWorld,
};

/// The name of the secret. In production each function has one of its own; here they hold the same.
const SECRET_ID: &str = "eleva";

/// Starts every function `count` times in each way.
pub(super) async fn measure(
    count: u32,
    subject: &Subject,
    world: &TestWorld,
    progress: &Progress,
) -> Result<Starts, Failure> {
    let ministack = world.start_ministack("bench").await?;
    let (secret, mut settings): (Vec<_>, Vec<_>) =
        subject.settings().iter().cloned().partition(|(name, _)| SECRET.contains(&name.as_str()));
    let secret: Map<String, Value> = secret.into_iter().map(|(name, value)| (name, value.into())).collect();
    let create = json!({"Name": SECRET_ID, "SecretString": Value::Object(secret).to_string()});
    ministack.call("CreateSecret", &create).await?;
    settings.extend(ministack::environment(ministack.port()));
    settings.push(("ELEVA_SECRET_ID".to_owned(), SECRET_ID.to_owned()));

    let mut asked = Vec::new();
    for _ in 0..count {
        let started = Instant::now();
        ministack.call("GetSecretValue", &json!({"SecretId": SECRET_ID})).await?;
        asked.push(started.elapsed());
    }
    let mut functions = Vec::new();
    for function in subject.functions() {
        let step = progress.step(format!("starting {} {count} times in each way", function.name()));
        let binary = world.binaries.join(function.name());
        let size = fs::metadata(&binary).map_err(Failure::io(format!("read {}", binary.display())))?.len();
        let with_secret = Function::new(binary, settings.clone());
        let (mut from_environment, mut from_secret) = (Vec::new(), Vec::new());
        for _ in 0..count {
            from_environment.push(start(function).await?);
            from_secret.push(start(&with_secret).await?);
        }
        let (from_environment, from_secret) = (Sample::new(from_environment), Sample::new(from_secret));
        functions.push(Start {
            function: function.name().to_owned(),
            binary_mib: mebibytes(size),
            p50_ms: milliseconds(from_environment.percentile(50)),
            slowest_ms: milliseconds(from_environment.percentile(100)),
            with_secret_p50_ms: milliseconds(from_secret.percentile(50)),
        });
        step.done();
    }
    Ok(Starts { count, secrets_manager_p50_ms: milliseconds(Sample::new(asked).percentile(50)), functions })
}

async fn start(function: &Function) -> Result<Duration, Failure> {
    let start = function.start().await.map_err(|error: InvokeError| Failure::Unmet(error.to_string()))?;
    function.stop().await;
    Ok(start.duration())
}
