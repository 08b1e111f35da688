//! `/meetings`: what guests have booked with experts.

mod changes;
mod create;
mod cursor;
mod field;
mod filter;
mod form;
mod handler;
mod list;
mod list_page;
mod meeting;
mod meeting_page;
mod new_meeting;
mod notes;
mod show;
mod shown;
mod start;
mod status;
mod trail;
mod unchanged;
mod unmade;
mod update;
mod wording;

use eleva::{Function, settings::Group};

const FUNCTION: Function = Function {
    name: "meetings",
    settings: &[Group::Organization, Group::Encryption, Group::WorkosApi],
    // 5,000 characters of notes are up to 60,000 bytes as a form sends them, and names come beside.
    body_limit: 96 * 1024,
    ..Function::DEFAULT
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
