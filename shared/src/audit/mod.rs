//! The audit trail: what is written into it, and how.
//!
//! A handler adds an [`Entry`] to its transaction ([`crate::database::Transaction::audit`]), and there is no other way.
//! Entries are written last, together with COMMIT: if one cannot be written, nothing of the transaction is kept. Who
//! acts, in which organization and when, the database says; docs/audit.md has the format of the rows and of the chain
//! that they form.

mod action;
mod entry;
mod refusal;
mod resource;

/// The chain that an organization's rows form.
pub use evidence::chain;

pub use action::{Action, Category, Writer};
pub use entry::{Entry, EntryRow, Origin, Outcome};
pub(crate) use refusal::record as record_refusal;
pub use resource::{Resource, ResourceType};
