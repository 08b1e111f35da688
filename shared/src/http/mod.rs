//! HTTP as the functions see it: one request in, one reply out.

mod cookie;
mod cross_site;
pub mod cursor;
mod field;
pub mod form;
mod id;
mod input;
pub mod instant;
mod limit;
mod problem;
mod query;
mod reply;
mod request;
mod speculative;

pub use cookie::{Cookies, Found, SetCookie};
pub use cross_site::{is_sent_from_elsewhere, refuse_cross_site};
pub use field::Field;
pub use form::Form;
pub use id::parse_id;
pub use input::{Given, Input};
pub use limit::Limit;
pub use problem::{FieldError, Problem};
pub use query::Query;
pub use reply::Reply;
#[cfg(test)]
pub(crate) use request::tests;
pub use request::{BadEvent, Request};
pub use speculative::refuse_speculative;
