//! `/audit`: who did what in the organization, what it adds up to, and exports of it for whoever is to see for
//! themselves.

mod chart;
mod cursor;
mod entry;
mod exports;
mod files;
mod filter;
mod handler;
mod logs;
mod logs_page;
mod portal;
mod range;
mod report;
mod report_page;
mod signing_keys;
mod tally;
mod wording;

use eleva::{App, Function, http::Request, settings::Group};

use crate::files::Files;

const FUNCTION: Function = Function {
    name: "audit",
    settings: &[Group::Organization, Group::WorkosApi, Group::Store, Group::Verifying],
    ..Function::DEFAULT
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let files = Files::default();
    FUNCTION.run(async |app: &App, request: &Request| handler::handle(app, &files, request).await).await
}
