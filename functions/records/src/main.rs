//! `/records` and `/meetings/{meeting_id}/records`: what experts keep of their meetings. PHI: it is stored sealed, and
//! whoever reads any of it is in the audit trail.

mod asked;
mod create;
mod cursor;
mod draft;
mod envelopes;
mod filter;
mod form;
mod handler;
mod list;
mod list_page;
mod meeting;
mod meeting_page;
mod meeting_records;
mod opened;
mod record;
mod record_page;
mod sealed;
mod show;
mod stale_page;
mod undecryptable;
mod unsaved_page;
mod update;
mod version;
mod version_page;
mod versions;
mod versions_page;

use eleva::{Function, settings::Group};

/// The longest that a draft gets on its way here: JSON may write each byte of it as six (`\u0041`), a form each line end
/// as six (`%0D%0A`) and any other byte as three; and what stands around the two texts. In the event that Lambda takes, of
/// six megabytes at most, every backslash is doubled.
const BODY_LIMIT: usize = 6 * (draft::LONGEST_CONTENT + draft::LONGEST_METADATA) + 16 * 1024;

const FUNCTION: Function = Function {
    name: "records",
    settings: &[Group::Organization, Group::WorkosApi, Group::Encryption],
    body_limit: BODY_LIMIT,
    ..Function::DEFAULT
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    FUNCTION.run(handler::handle).await
}
