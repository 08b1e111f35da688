//! Pages: the frame around every one of them, the page of a problem, and the few files that pages load.
//!
//! Templates live with their function (`functions/<name>/templates`) and extend `base.html` of this crate. No page
//! needs a script.

mod asset;
mod corrections;
mod layout;
mod money;
mod problem;

pub use asset::{Asset, ICON, STYLESHEET};
pub use corrections::Corrections;
pub use layout::{Layout, Section, Viewer};
pub use money::{format_euros, price};
pub use problem::ProblemPage;
