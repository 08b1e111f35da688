//! What the functions share: the session, the organization-scoped database, HTTP, pages and WorkOS.
//!
//! A function is a handler `async fn(&App, &Request) -> Result<Reply, Problem>` given to [`Function::run`]. A request
//! flows: cross-site check → body → handler → [`Session`] → permission by the token → scope
//! ([`database::OrganizationScope`]) → the same permission by the membership's role → reply.
//!
//! What a schedule starts, and no request does, is a [`Worker`].

mod app;
pub mod audit;
mod clients;
pub mod clock;
mod credentials;
pub mod database;
mod function;
mod headers;
pub mod http;
pub mod identity;
pub mod keyring;
mod log;
pub mod members;
pub mod page;
pub mod permission;
pub mod phi;
pub mod return_path;
mod sandbox;
pub mod session;
pub mod settings;
mod tls;
mod worker;
pub mod workos;

pub use app::{App, StartError};
pub use function::Function;
pub use session::Session;
pub use worker::{Invocation, Worker};
