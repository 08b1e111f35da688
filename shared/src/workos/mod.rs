//! WorkOS: a small client for the calls that are made here.
//!
//! Its base address is a setting, so the same code talks to WorkOS, to an emulator of it and to the local stand-in. It
//! is our own because the official crate has no state binding, leaves step-up errors untyped and takes a spent refresh
//! token for an outage. Nothing here retries: whoever calls knows whether that is safe.

mod authenticate;
mod authorize;
mod client;
mod error;
mod http;
mod membership;
mod organization;
mod portal;

pub use authenticate::{AuthenticateError, Authentication, ClientDetails, Tokens, User};
pub use authorize::{AuthorizeRequest, ScreenHint};
pub use client::Workos;
pub use error::Error;
pub use http::HttpClient;
pub use membership::{Membership, MembershipStatus};
pub use organization::Organization;
pub use portal::PortalIntent;
