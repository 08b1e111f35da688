//! Settings from AWS Secrets Manager (`ELEVA_SECRET_ID`): read once at start, and again when their credentials are
//! refused. Secrets Manager is ministack's, reached by the AWS SDK as it reaches AWS.

mod front;
mod refused;
mod rotated;
mod unreadable;

use dev::{
    environment::SECRET,
    lambda::Function,
    ministack::{self, Ministack},
};
use serde_json::{Value, json};

use crate::app::{TestApp, world};

/// The product's functions with their secret settings in Secrets Manager.
struct Kept {
    app: TestApp,
    ministack: Ministack,
}

impl Kept {
    async fn start(name: &str) -> Self {
        let ministack = world().start_ministack(name).await.expect("ministack starts");
        let app = TestApp::start().await;
        let kept = Self { app, ministack };
        kept.call("CreateSecret", json!({"Name": "eleva", "SecretString": kept.secret().to_string()})).await;
        kept
    }

    /// The secret as it should be.
    fn secret(&self) -> Value {
        let settings = self.app.settings();
        let secret = SECRET.map(|name| (name.to_owned(), settings[name].clone().into()));
        Value::Object(secret.into_iter().collect())
    }

    /// Has a function start with another value of one setting than the one that stands in the secret afterwards.
    async fn started_with_outdated(&self, function: &str, setting: &str, value: &str) -> Function {
        let mut outdated = self.secret();
        outdated[setting] = value.into();
        self.put(&outdated.to_string()).await;
        let function = self.function(function, "eleva", None);
        function.start().await.expect("credentials are not tried at start");
        self.put(&self.secret().to_string()).await;
        function
    }

    /// Writes another version of the secret.
    async fn put(&self, secret: &str) {
        self.call("PutSecretValue", json!({"SecretId": "eleva", "SecretString": secret})).await;
    }

    /// A function with its secret settings in Secrets Manager, at another address of it where one is given.
    fn function(&self, name: &str, secret_id: &str, port: Option<u16>) -> Function {
        let port = port.unwrap_or(self.ministack.port());
        let mut settings = self.app.settings().clone();
        settings.retain(|name, _| !SECRET.contains(&name.as_str()));
        settings.extend(ministack::environment(port));
        settings.insert("ELEVA_SECRET_ID".to_owned(), secret_id.to_owned());
        Function::new(world().binaries.join(name), settings.into_iter().collect())
    }

    async fn call(&self, action: &str, body: Value) {
        self.ministack.call(action, &body).await.expect("ministack takes it");
    }
}
