//! What an organization can show of its audit trail to somebody who trusts nobody: the chain that its rows form, the
//! files of an export, their manifest, and the checkpoints that tie all chains to a day.
//!
//! There is neither database nor network in here, so that what verifies an export is small enough to be handed to an
//! auditor. docs/audit.md has the format of rows and chain, docs/audit-export.md that of files, manifest and checkpoint.

pub mod chain;
pub mod checkpoint;
pub mod command;
pub mod csv;
pub mod dropped;
pub mod hex;
pub mod jsonl;
pub mod left_out;
pub mod manifest;
pub mod read;
pub mod row;
pub mod signature;
pub mod time;
pub mod verify;
