//! Takes a person back from AuthKit: checks the flow, exchanges the code, provisions, starts the session.

mod choice;
mod failure;
mod handler;
mod provision;
mod restart;

use eleva::{Function, settings::Group};

const FUNCTION: Function =
    Function { name: "callback", settings: &[Group::Identity, Group::SignIn, Group::WorkosApi], body_limit: 16 * 1024 };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
