//! Words for roles, kinds of organizations and permissions, as people read them.

use eleva::permission::{Permission, Role};

/// A role.
pub(crate) fn role(role: &Option<Role>) -> &'static str {
    match role {
        Some(role) => role_slug(role.as_str()),
        None => "No role",
    }
}

/// A role by its slug.
pub(crate) fn role_slug(slug: &str) -> &'static str {
    match slug {
        "owner" => "Owner",
        "admin" => "Administrator",
        "member" => "Member",
        "billing_admin" => "Billing administrator",
        _ => "Unknown role",
    }
}

/// A kind of organization by its slug.
pub(crate) fn kind(slug: &str) -> &'static str {
    match slug {
        "patient_personal" => "Personal",
        "expert_individual" => "Practice",
        "clinic" => "Clinic",
        "educational_institution" => "School",
        _ => "Organization",
    }
}

/// What a permission lets one do.
pub(crate) fn permission(permission: &Permission) -> &'static str {
    match permission {
        Permission::OrgRead => "See the organization",
        Permission::OrgUpdate => "Change the organization",
        Permission::MembersRead => "See members",
        Permission::MembersManage => "Manage members",
        Permission::EventsRead => "See events",
        Permission::EventsWrite => "Make and change events",
        Permission::MeetingsRead => "See meetings",
        Permission::MeetingsWrite => "Book and change meetings",
        Permission::RecordsRead => "Read own medical records",
        Permission::RecordsWrite => "Write own medical records",
        Permission::ProfilesRead => "See profiles",
        Permission::ProfilesWrite => "Change own profile",
        Permission::SchedulesRead => "See schedules",
        Permission::SchedulesWrite => "Change schedules",
        Permission::AuditRead => "Read the audit log",
        Permission::AuditExport => "Export the audit log",
        Permission::BillingRead => "See billing",
        Permission::BillingWrite => "Change billing",
        Permission::SubscriptionsRead => "See subscriptions",
        Permission::SubscriptionsWrite => "Change subscriptions",
    }
}
