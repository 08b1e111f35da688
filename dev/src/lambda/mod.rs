//! Lambda on this machine: runs the real binaries of the functions through the AWS Lambda Runtime API.
//!
//! A [`Function`] is a binary and its environment. Each [`Function::invoke`] takes an idle sandbox or starts another,
//! as Lambda does: a sandbox is one process, handles one event at a time, and stays for the next one. What is spoken
//! between a sandbox and us is the Runtime API
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>), on a listener of the sandbox's own, so that a
//! function runs here byte for byte as it runs in production.
//!
//! A sandbox that exits, or does not answer in time, is thrown away, and the next event gets a fresh one. A sandbox
//! whose `invoke` is dropped half-way dies with it: that is how tests end a sandbox in the middle of a request.

mod environment;
mod error;
mod function;
mod invocation;
mod output;
mod runtime_api;
mod sandbox;
#[cfg(test)]
mod tests;

pub use error::{FunctionError, InvokeError};
pub use function::Function;
pub use sandbox::Start;
