//! `/events`: the services that experts offer for booking.

mod changes;
mod create;
mod cursor;
mod delete;
mod event;
mod event_page;
mod field;
mod filter;
mod form;
mod handler;
mod list;
mod list_page;
mod new_event;
mod order;
mod own;
mod price;
mod refusal;
mod show;
mod slug;
mod update;
mod wording;

use eleva::{Function, settings::Group};

const FUNCTION: Function = Function {
    name: "events",
    settings: &[Group::Organization, Group::WorkosApi],
    body_limit: 64 * 1024,
    ..Function::DEFAULT
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
