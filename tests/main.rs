//! The product against real parts: the functions' own binaries behind the gateway, PgBouncer, Postgres and the WorkOS
//! stand-in. `cargo dev test` starts what is shared and runs this; each test clones a database of its own.

mod app;
mod audit;
mod database;
mod deployment;
mod events;
mod faults;
mod hardening;
mod harness;
mod meetings;
mod names_agree;
mod openapi;
mod phi;
mod provisioning;
mod records;
mod roots;
mod routes;
mod samples;
mod scope;
mod secrets;
mod session;
mod sign_in;
mod store;
mod trail;
mod up;
mod web;
mod workers;
