//! The local world: what developers and tests run the product in.
//!
//! [`up`], [`test`], [`bench`], [`manifest`] and [`roots`] are the commands; [`world`] is what they tell others about what they
//! started. [`workos`], [`lambda`] and [`gateway`] stand for what the product meets in production; the rest finds,
//! starts and stops programs.

pub mod account;
pub mod bench;
pub mod certificate;
pub mod child;
pub mod descendants;
pub mod environment;
pub mod failure;
pub mod gateway;
pub mod interruption;
pub mod lambda;
pub mod manifest;
pub mod migration;
pub mod ministack;
pub mod openssl;
pub mod packages;
pub mod pgbouncer;
pub mod ports;
pub mod postgres;
pub mod probe;
pub mod programs;
pub mod progress;
pub mod repository;
pub mod roots;
pub mod secrets;
pub mod seed;
pub mod state;
pub mod test;
pub mod tools;
pub mod up;
pub mod watch;
pub mod wire;
pub mod workos;
pub mod world;
