//! Says who is asking, and switches between organizations.

mod handler;
mod switch;
mod view;

use eleva::{Function, settings::Group};

const FUNCTION: Function = Function {
    name: "session",
    settings: &[Group::Organization, Group::Identity, Group::WorkosApi],
    ..Function::DEFAULT
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
