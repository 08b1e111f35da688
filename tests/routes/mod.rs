//! Every route, without a session, with a broken one, with every role, in odd spellings (hardening F1, F2, F4, F5, A2,
//! A15). The table below is the whole of the product's surface: a route that is not in it fails a test.

mod access;
pub(crate) mod completeness;
mod odd_paths;
mod roles;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody; the status that a stranger's API call gets.
    Public(u16),
    /// Whoever has a session.
    Session,
    /// Whose token and role have the permission.
    Permission(&'static str),
}

/// A route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// As in openapi.yaml; `{…}` stands for one segment.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
}

/// Every route there is. GET stands for HEAD too.
pub(crate) const ROUTES: [Route; 39] = [
    route("GET", "/", Access::Public(200)),
    route("GET", "/dashboard", Access::Session),
    route("GET", "/assets/{name}", Access::Public(404)),
    route("GET", "/favicon.ico", Access::Public(200)),
    route("GET", "/sign-in", Access::Public(302)),
    route("GET", "/auth/callback", Access::Public(302)),
    route("GET", "/auth/callback/organization", Access::Public(302)),
    route("POST", "/auth/callback/organization", Access::Public(401)),
    route("GET", "/auth/sign-out", Access::Public(200)),
    route("POST", "/auth/sign-out", Access::Public(200)),
    route("GET", "/auth/session", Access::Session),
    route("POST", "/auth/switch-organization", Access::Session),
    route("GET", "/events", Access::Permission("events:read")),
    route("POST", "/events", Access::Permission("events:write")),
    route("PUT", "/events/order", Access::Permission("events:write")),
    route("GET", "/events/{id}", Access::Permission("events:read")),
    route("PATCH", "/events/{id}", Access::Permission("events:write")),
    route("DELETE", "/events/{id}", Access::Permission("events:write")),
    route("GET", "/meetings", Access::Permission("meetings:read")),
    route("POST", "/meetings", Access::Permission("meetings:write")),
    route("GET", "/meetings/{id}", Access::Permission("meetings:read")),
    route("PATCH", "/meetings/{id}", Access::Permission("meetings:write")),
    route("GET", "/records", Access::Permission("records:read")),
    route("GET", "/records/{id}", Access::Permission("records:read")),
    route("PUT", "/records/{id}", Access::Permission("records:write")),
    route("GET", "/records/{id}/versions", Access::Permission("records:read")),
    route("GET", "/records/{id}/versions/{n}", Access::Permission("records:read")),
    route("GET", "/meetings/{meeting_id}/records", Access::Permission("records:read")),
    route("POST", "/meetings/{meeting_id}/records", Access::Permission("records:write")),
    route("GET", "/audit/logs", Access::Permission("audit:read")),
    route("GET", "/audit/report", Access::Permission("audit:read")),
    route("GET", "/audit/portal", Access::Permission("audit:read")),
    route("GET", "/audit/exports", Access::Permission("audit:export")),
    route("POST", "/audit/exports", Access::Permission("audit:export")),
    route("GET", "/audit/exports/{id}", Access::Permission("audit:export")),
    route("GET", "/audit/exports/{id}/download", Access::Permission("audit:export")),
    route("GET", "/audit/exports/{id}/left-out", Access::Permission("audit:export")),
    route("GET", "/audit/exports/{id}/manifest", Access::Permission("audit:export")),
    route("GET", "/audit/signing-keys", Access::Public(200)),
];

const fn route(method: &'static str, path: &'static str, access: Access) -> Route {
    Route { method, path, access }
}

impl Route {
    /// The path with something in its place holders that nobody has.
    pub(crate) fn target(&self) -> String {
        const NOBODY: &str = "0193fa6e-0000-7000-8000-000000000000";
        let path = self.path.replace("{id}", NOBODY).replace("{meeting_id}", NOBODY).replace("{n}", "1");
        path.replace("{name}", "none-0000000000000000.css")
    }

    /// Whether the method changes something (RFC 9110, section 9.2.1).
    pub(crate) fn is_unsafe(&self) -> bool {
        self.method != "GET"
    }
}
