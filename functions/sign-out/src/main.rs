//! Ends a session: here, in the database and at WorkOS.

mod handler;

use eleva::{Function, settings::Group};

const FUNCTION: Function =
    Function { name: "sign-out", settings: &[Group::Identity, Group::WorkosApi], ..Function::DEFAULT };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
