//! audit-daily: partitions of the trail, and its daily checkpoint and figures.

mod checkpoint;
mod expected;
mod failures;
mod figures;
mod partitions;
mod round_trips;
mod suspicion;
mod trail;

use dev::lambda::{Function, InvokeError};
use serde_json::{Value, json};

use crate::app::{TestApp, world};

/// Invokes it as its schedule does.
async fn invoke(app: &TestApp) -> Result<Value, InvokeError> {
    app.function("audit-daily").invoke(json!({"source": "aws.events", "detail-type": "Scheduled Event"})).await
}

/// The same, when it is to succeed.
async fn run(app: &TestApp) -> Value {
    let answer = invoke(app).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(answer["failed"], 0, "{answer}");
    answer
}

/// One that reaches its database at another address.
fn worker_at(app: &TestApp, database_url: &str) -> Function {
    let mut settings = app.settings().clone();
    settings.insert("EXPORT_DATABASE_URL".to_owned(), database_url.to_owned());
    Function::new(world().binaries.join("audit-daily"), settings.into_iter().collect())
}
