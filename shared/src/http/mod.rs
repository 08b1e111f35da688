//! HTTP as the functions see it: one request in, one reply out.

mod cookie;
mod cross_site;
pub mod form;
mod problem;
mod query;
mod reply;
mod request;

pub use cookie::{Cookies, Found, SetCookie};
pub use cross_site::refuse_cross_site;
pub use form::Form;
pub use problem::{FieldError, Problem};
pub use query::Query;
pub use reply::Reply;
#[cfg(test)]
pub(crate) use request::tests;
pub use request::{BadEvent, Request};
