//! A PostgreSQL server of our own: where its programs are, its cluster of databases, and running it.

mod binaries;
mod cluster;
mod database;
mod server;

pub use binaries::Binaries;
pub use cluster::{Cluster, Durability};
pub use database::{OWNER, connect, create_database, create_owner, url};
pub use server::Server;
