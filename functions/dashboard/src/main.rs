//! The landing page, the dashboard, the files that pages load, and everything that no function knows.

mod handler;
mod landing;
mod next_meetings;
mod overview;
mod wording;

use eleva::{Function, settings::Group};

const FUNCTION: Function = Function {
    name: "dashboard",
    settings: &[Group::Organization, Group::Identity, Group::WorkosApi],
    ..Function::DEFAULT
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
