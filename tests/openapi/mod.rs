//! openapi.yaml says what the product does, all of it and nothing else: it agrees with the table of routes and with the
//! sources, and schemathesis finds nothing in the running product that it does not say.

pub(crate) mod description;
mod examples;
mod fuzz;
mod limits;
mod listener;
mod problems;
mod routes;
mod schemathesis;
