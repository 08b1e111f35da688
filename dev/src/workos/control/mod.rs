//! What tests and tools may do to a stand-in: typed in the same process, over HTTP below `/_control` from this machine.

mod handle;
mod routes;

pub use handle::{ActiveSession, Control, OldKeys, Unknown};
pub(super) use routes::{is_control, routes};
