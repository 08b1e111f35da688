//! Who exists at WorkOS: organizations, people and memberships.

use serde::{Deserialize, Serialize};

/// What a stand-in starts with, and what [`super::Control::directory`] shows of it later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// The organizations.
    pub organizations: Vec<Organization>,
    /// The people.
    pub users: Vec<User>,
    /// Who belongs to what.
    pub memberships: Vec<Membership>,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// `org_…`.
    pub id: String,
    /// The name that people read.
    pub name: String,
    /// The id that the application gave it; unique.
    pub external_id: Option<String>,
}

/// A person. The address counts as verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// `user_…`.
    pub id: String,
    /// Unique without regard to case.
    pub email: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
}

/// A person's membership in an organization; at most one for each pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// `om_…`.
    pub id: String,
    /// Whose.
    pub user_id: String,
    /// In what.
    pub organization_id: String,
    /// The role's slug.
    pub role: String,
    /// Whether it is in force.
    pub status: MembershipStatus,
}

/// Whether a membership is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MembershipStatus {
    /// In force.
    Active,
    /// Suspended.
    Inactive,
    /// Invited, not accepted yet.
    Pending,
}

impl User {
    /// Whether this is the person with that address.
    pub(super) fn has_email(&self, email: &str) -> bool {
        self.email.eq_ignore_ascii_case(email.trim())
    }

    /// What a page calls the person.
    pub(super) fn name(&self) -> String {
        let names: Vec<&str> = [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        if names.is_empty() { self.email.clone() } else { names.join(" ") }
    }
}
