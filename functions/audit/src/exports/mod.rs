//! Exports of the trail: asking for one, looking at how far it is, and fetching its files. The worker audit-export
//! makes them; the table `audit_log_exports` is all that the two share.

pub(crate) mod create;
mod cursor;
pub(crate) mod download;
mod export;
mod failure;
mod field;
mod form;
pub(crate) mod list;
mod list_page;
mod new_export;
pub(crate) mod show;
mod show_page;
mod status;
mod wording;
