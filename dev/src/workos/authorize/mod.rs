//! The hosted sign-in: <https://workos.com/docs/reference/authkit/authentication/get-authorization-url>.
//!
//! 1. `GET /user_management/authorize` checks the request and shows the sign-in page.
//! 2. The page posts an e-mail address to the same address: of somebody who exists, or of somebody new.
//! 3. Who belongs to several organizations chooses one, where the request named none.
//! 4. The browser goes back to the application with a code, or with an error.
//!
//! The pages keep the request in the addresses of their forms, so any number of tabs may be open.

mod code;
pub(super) mod hosted_session;
mod organization;
mod page;
mod request;
mod sign_in;

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::SignedDuration;

use super::environment::Environment;

pub(super) fn routes() -> Router<Arc<Environment>> {
    Router::new()
        .route(PATH, get(sign_in::page).post(sign_in::submit))
        .route(ORGANIZATION_PATH, post(organization::submit))
}

/// How long a code lives, and how long a person may take to choose an organization.
pub(super) const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

const PATH: &str = "/user_management/authorize";
const ORGANIZATION_PATH: &str = "/user_management/authorize/organization";

/// An answer that sends the browser on.
pub(super) fn redirect(status: StatusCode, location: &str) -> Response {
    (status, [(LOCATION, location)]).into_response()
}
