//! `/audit`: who did what in the organization, and what it adds up to.

mod chart;
mod cursor;
mod entry;
mod filter;
mod handler;
mod logs;
mod logs_page;
mod portal;
mod range;
mod report;
mod report_page;
mod tally;
mod wording;

use eleva::{Function, settings::Group};

const FUNCTION: Function =
    Function { name: "audit", settings: &[Group::Organization, Group::WorkosApi], ..Function::DEFAULT };

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
