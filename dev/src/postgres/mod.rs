//! A PostgreSQL server of our own: where its programs are, its cluster of databases, and running it.

mod binaries;
mod cluster;
mod database;
mod server;
mod session_jwt;

pub use binaries::Binaries;
pub use cluster::{Cluster, Durability};
pub use database::{OWNER, connect, create_database, create_owner, url};
pub use server::Server;
pub use session_jwt::{AuthFunctions, EXTENSION_CONTROL_PATH_SINCE, SessionJwt};
