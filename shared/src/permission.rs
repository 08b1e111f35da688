//! What a session may do: roles, permissions, and how a token's list and a role's ceiling meet.
//!
//! A permission opens a route. Which rows it reaches is the database's to say (row-level security).

/// One thing that a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the permission that `as_str` spells")]
pub enum Permission {
    OrgRead,
    OrgUpdate,
    MembersRead,
    MembersManage,
    EventsRead,
    EventsWrite,
    MeetingsRead,
    MeetingsWrite,
    RecordsRead,
    RecordsWrite,
    ProfilesRead,
    ProfilesWrite,
    SchedulesRead,
    SchedulesWrite,
    AuditRead,
    AuditExport,
    BillingRead,
    BillingWrite,
    SubscriptionsRead,
    SubscriptionsWrite,
}

impl Permission {
    /// Every permission there is, in the order in which a session lists them.
    pub const ALL: [Self; 20] = [
        Self::OrgRead,
        Self::OrgUpdate,
        Self::MembersRead,
        Self::MembersManage,
        Self::EventsRead,
        Self::EventsWrite,
        Self::MeetingsRead,
        Self::MeetingsWrite,
        Self::RecordsRead,
        Self::RecordsWrite,
        Self::ProfilesRead,
        Self::ProfilesWrite,
        Self::SchedulesRead,
        Self::SchedulesWrite,
        Self::AuditRead,
        Self::AuditExport,
        Self::BillingRead,
        Self::BillingWrite,
        Self::SubscriptionsRead,
        Self::SubscriptionsWrite,
    ];

    /// The slug that WorkOS and the API use: `resource:action`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrgRead => "org:read",
            Self::OrgUpdate => "org:update",
            Self::MembersRead => "members:read",
            Self::MembersManage => "members:manage",
            Self::EventsRead => "events:read",
            Self::EventsWrite => "events:write",
            Self::MeetingsRead => "meetings:read",
            Self::MeetingsWrite => "meetings:write",
            Self::RecordsRead => "records:read",
            Self::RecordsWrite => "records:write",
            Self::ProfilesRead => "profiles:read",
            Self::ProfilesWrite => "profiles:write",
            Self::SchedulesRead => "schedules:read",
            Self::SchedulesWrite => "schedules:write",
            Self::AuditRead => "audit:read",
            Self::AuditExport => "audit:export",
            Self::BillingRead => "billing:read",
            Self::BillingWrite => "billing:write",
            Self::SubscriptionsRead => "subscriptions:read",
            Self::SubscriptionsWrite => "subscriptions:write",
        }
    }

    /// Whether a slug of a token grants this permission: the slug itself, or `<resource>:*`.
    fn is_granted_by(self, slug: &str) -> bool {
        match slug.strip_suffix(":*") {
            Some(resource) => self.as_str().split_once(':').is_some_and(|(own, _)| own == resource),
            None => slug == self.as_str(),
        }
    }

    /// Whether an impersonated session keeps this permission: reading, without records and exports.
    fn survives_impersonation(self) -> bool {
        self.as_str().ends_with(":read") && self != Self::RecordsRead
    }
}

/// A membership's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the role that `as_str` spells")]
pub enum Role {
    Owner,
    Admin,
    Member,
    BillingAdmin,
}

impl Role {
    /// The role of that name; an unknown one is none, and so may do nothing.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Owner, Self::Admin, Self::Member, Self::BillingAdmin].into_iter().find(|role| role.as_str() == name)
    }

    /// The name that the database and WorkOS use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::BillingAdmin => "billing_admin",
        }
    }

    /// Whether the role's ceiling includes the permission.
    pub fn allows(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Admin => {
                !matches!(permission, P::BillingRead | P::BillingWrite | P::SubscriptionsRead | P::SubscriptionsWrite)
            }
            Self::Member => matches!(
                permission,
                P::OrgRead
                    | P::MembersRead
                    | P::EventsRead
                    | P::EventsWrite
                    | P::MeetingsRead
                    | P::MeetingsWrite
                    | P::RecordsRead
                    | P::RecordsWrite
                    | P::ProfilesRead
                    | P::ProfilesWrite
                    | P::SchedulesRead
                    | P::SchedulesWrite
            ),
            Self::BillingAdmin => matches!(
                permission,
                P::OrgRead | P::BillingRead | P::BillingWrite | P::SubscriptionsRead | P::SubscriptionsWrite
            ),
        }
    }
}

/// What an access token grants, before any role's ceiling.
#[derive(Clone, Debug)]
pub struct Grants {
    slugs: Option<Vec<String>>,
    impersonated: bool,
}

impl Grants {
    /// From the token's `permissions` claim (`None` where the token has no such claim: then the role alone
    /// decides; an empty list grants nothing) and whether the session is impersonated.
    pub fn new(slugs: Option<Vec<String>>, impersonated: bool) -> Self {
        Self { slugs, impersonated }
    }

    /// Whether the token opens a route that asks for this permission.
    pub fn include(&self, permission: Permission) -> bool {
        let granted = match &self.slugs {
            None => true,
            Some(slugs) => slugs.iter().any(|slug| permission.is_granted_by(slug)),
        };
        granted && (!self.impersonated || permission.survives_impersonation())
    }

    /// What the session may do in all: what the token grants within the role's ceiling.
    pub fn within(&self, role: Role) -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|permission| role.allows(*permission) && self.include(*permission)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Grants, Permission, Role};

    fn slugs(list: &[&str]) -> Option<Vec<String>> {
        Some(list.iter().map(|slug| (*slug).to_owned()).collect())
    }

    #[test]
    fn the_role_is_the_ceiling_whatever_the_token_says() {
        let grants = Grants::new(slugs(&["events:*", "audit:read", "nonsense:*", "*"]), false);
        assert_eq!(grants.within(Role::Member), [Permission::EventsRead, Permission::EventsWrite]);
        assert!(grants.within(Role::BillingAdmin).is_empty());
    }

    #[test]
    fn a_token_without_the_claim_leaves_it_to_the_role_and_an_empty_list_means_none() {
        assert_eq!(Grants::new(None, false).within(Role::Owner).len(), Permission::ALL.len());
        assert!(Grants::new(slugs(&[]), false).within(Role::Owner).is_empty());
    }

    #[test]
    fn an_impersonated_session_only_reads_and_no_records() {
        let grants = Grants::new(None, true);
        let kept = grants.within(Role::Owner);
        assert!(kept.contains(&Permission::EventsRead) && kept.contains(&Permission::AuditRead));
        assert!(!grants.include(Permission::EventsWrite));
        assert!(!grants.include(Permission::RecordsRead));
        assert!(!grants.include(Permission::AuditExport));
    }

    #[test]
    fn an_unknown_role_is_none() {
        assert_eq!(Role::parse("superuser"), None);
        assert_eq!(Role::parse("Owner"), None);
        assert_eq!(Role::parse("billing_admin"), Some(Role::BillingAdmin));
    }
}
