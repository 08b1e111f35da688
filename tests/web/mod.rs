//! Who speaks to the product from outside: a [`Browser`] as Chromium behaves, and an [`ApiClient`] like curl.
//!
//! Both reach our own origin through the gateway in process, and everything else on this machine (the WorkOS
//! stand-in) over real HTTP.

mod answer;
mod api;
mod browser;
mod content_security;
mod form;
mod hosted;
mod jar;
mod navigation;
mod network;
mod page;

pub(crate) use answer::Answer;
pub(crate) use api::{ApiClient, Call};
pub(crate) use browser::Browser;
pub(crate) use form::Form;
pub(crate) use jar::Jar;
pub(crate) use network::Network;
pub(crate) use page::Page;
