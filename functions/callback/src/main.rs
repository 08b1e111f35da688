//! Takes a person back from AuthKit: checks the flow, exchanges the code, provisions, starts the session.

mod choice;
mod failure;
mod handler;
mod provision;
mod restart;
mod sign_in;

use std::time::Duration;

use eleva::{Function, settings::Group};

/// A first sign-in takes nine calls, one after another, and its code is spent by the first of them: better late than
/// from the beginning.
const FUNCTION: Function = Function {
    name: "callback",
    settings: &[Group::Identity, Group::SignIn, Group::WorkosApi],
    time_limit: Duration::from_secs(20),
    ..Function::DEFAULT
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
