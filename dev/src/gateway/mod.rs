//! The HTTP API in front of the functions, in process: what API Gateway does to a request on its way to a function and
//! to the answer on its way back (payload format 2.0,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
//!
//! Which function a path belongs to is read from the watch routes in the workspace's `Cargo.toml`, so tests, `cargo
//! lambda watch` and production cannot disagree about it.
//!
//! One trait of the real gateway matters enough to be a choice here, see [`RawPath`]: it percent-decodes the path.

mod answer;
mod event;
mod front;
mod limits;
mod routes;
#[cfg(test)]
mod tests;

pub use event::{RawPath, SourceIp};
pub use front::Gateway;
pub use limits::MOST_HEADER_BYTES;
pub use routes::{Route, Routes, RoutesError};
