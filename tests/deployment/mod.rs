//! template.yaml deploys what there is: it agrees with functions/, with the watch routes of Cargo.toml, with events/
//! and openapi.yaml, with the settings that functions read and with the calls to AWS that they make. And the functions
//! start with the environment that it gives them.

mod blocks;
mod exports;
mod permissions;
mod routes;
mod settings;
mod source;
mod start;
mod store;
mod template;
