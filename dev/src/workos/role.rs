//! The roles of the environment and what each may do, as they are set up at WorkOS for the product.

/// A role's permissions by its slug; none for a role that does not exist.
pub(super) fn permissions(slug: &str) -> Option<Vec<&'static str>> {
    match slug {
        "owner" => Some([ADMIN, BILLING].concat()),
        "admin" => Some(ADMIN.to_vec()),
        "member" => Some(MEMBER.to_vec()),
        "billing_admin" => Some([&["org:read"], BILLING].concat()),
        _ => None,
    }
}

/// The role of a membership that names none.
pub(super) const DEFAULT: &str = "member";

const ADMIN: &[&str] = &[
    "org:read",
    "org:update",
    "members:read",
    "members:manage",
    "events:*",
    "meetings:*",
    "records:*",
    "profiles:*",
    "schedules:*",
    "audit:read",
    "audit:export",
];

const MEMBER: &[&str] = &[
    "org:read",
    "members:read",
    "events:read",
    "events:write",
    "meetings:read",
    "meetings:write",
    "records:read",
    "records:write",
    "profiles:read",
    "profiles:write",
    "schedules:read",
    "schedules:write",
];

const BILLING: &[&str] = &["billing:read", "billing:write", "subscriptions:read", "subscriptions:write"];
