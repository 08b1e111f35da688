//! The headers that every response carries.

use http::Method;

use crate::{
    app::App,
    http::{Reply, Request},
    session::SessionCookie,
};

/// Adds what every response carries, and takes the body away from the answer to HEAD.
pub(crate) fn complete(reply: &mut Reply, app: &App, request: &Request) {
    reply.set_header("x-request-id", request.id());
    reply.set_header("x-content-type-options", "nosniff");
    reply.set_header("referrer-policy", "same-origin");
    reply.set_header("content-security-policy", content_security_policy(app.workos().origin().as_str()));
    if app.public_url().is_https() {
        reply.set_header("strict-transport-security", "max-age=63072000; includeSubDomains");
    }
    // Whoever has a session, or is given one, gets nothing that a cache may keep.
    let is_private = SessionCookie::is_present(request.cookies());
    reply.set_default_header("cache-control", if is_private { "private, no-store" } else { "no-store" });
    reply.set_default_header("vary", "Cookie, Accept");
    if *request.method() == Method::HEAD {
        reply.drop_body();
    }
}

/// Forms may post to us and, by the redirect that follows, to WorkOS: signing out ends there.
fn content_security_policy(workos_origin: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {workos_origin}"
    )
}
