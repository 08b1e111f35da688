//! Sends a person to AuthKit to sign in, and explains what happened when that did not work.

mod ask;
mod failure;
mod handler;

use eleva::{Function, settings::Group};

const FUNCTION: Function = Function { name: "sign-in", settings: &[Group::SignIn], ..Function::DEFAULT };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
