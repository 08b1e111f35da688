//! A stand-in for WorkOS, for development and tests: the same wire protocol, in process, without an account.
//!
//! [`StandIn::start`] gives one that listens. It speaks what the product uses of WorkOS: the hosted sign-in pages
//! (`/user_management/authorize`), the grants (`/user_management/authenticate`), access tokens and their signing keys
//! (`/sso/jwks/{client_id}`), sessions and sign-out, links into the Admin Portal, and the Management API's users,
//! organizations and organization memberships. Field names, statuses and error codes are those of WorkOS's OpenAPI file; a route that is not here is
//! a 404, as an unknown one is there.
//!
//! Beyond WorkOS there is [`Control`], for tests in the same process, and the same over HTTP below `/_control` for
//! others on this machine: faults, the clock, the lifetime and content of tokens, key rotation, ended sessions and
//! suspended memberships, and the list of requests that arrived.
//!
//! Nothing in the product knows that it exists: the product's `WORKOS_API_URL` points here or to WorkOS.

mod api_key;
mod authenticate;
mod authorize;
mod clock;
mod config;
mod connection;
mod control;
mod directory;
mod environment;
mod fault;
mod fields;
mod identifier;
mod intake;
mod journal;
mod jwks;
mod list;
mod membership;
mod organization;
mod parameters;
mod portal;
mod records;
mod refusal;
mod role;
mod session;
mod signing_key;
mod stand_in;
mod state_file;
mod token;
mod user;

pub use config::Config;
pub use control::{ActiveSession, Control, OldKeys, Unknown};
pub use directory::{Directory, Membership, MembershipStatus, Organization, User};
pub use fault::{Answer, Effect, Fault};
pub use journal::Request;
pub use stand_in::StandIn;
pub use token::SignError;
