//! Memberships at WorkOS.

use serde::{Deserialize, Serialize};

use super::{client::Workos, error::Error};

/// A membership, as WorkOS states it.
#[derive(Clone, Debug, Deserialize)]
pub struct Membership {
    /// WorkOS's id.
    pub id: String,
    /// The organization (WorkOS id).
    pub organization_id: String,
    /// Whether it is in force.
    pub status: MembershipStatus,
    /// Its role.
    pub role: RoleSlug,
    /// When WorkOS last changed it, RFC 3339; orders updates.
    pub updated_at: jiff::Timestamp,
}

/// Whether a membership is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MembershipStatus {
    /// In force.
    Active,
    /// Suspended.
    Inactive,
    /// Invited, not accepted.
    Pending,
}

impl MembershipStatus {
    /// The word that our table has for it.
    pub fn as_column(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "suspended",
            Self::Pending => "invited",
        }
    }
}

/// A role, by its slug.
#[derive(Clone, Debug, Deserialize)]
pub struct RoleSlug {
    /// The slug.
    pub slug: String,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Membership>,
}

impl Workos {
    /// The membership of a user in an organization (WorkOS ids), whatever its status.
    pub async fn membership(&self, user_id: &str, organization_id: &str) -> Result<Option<Membership>, Error> {
        // Without the statuses, WorkOS lists active memberships only.
        let query = [
            ("user_id", user_id),
            ("organization_id", organization_id),
            ("statuses", "active,inactive,pending"),
            ("limit", "10"),
        ];
        let list: List = self.get("/user_management/organization_memberships", &query).await?;
        Ok(list.data.into_iter().find(|membership| membership.organization_id == organization_id))
    }

    /// Makes a user a member with a role. An existing membership is refused.
    pub async fn create_membership(
        &self,
        user_id: &str,
        organization_id: &str,
        role_slug: &str,
    ) -> Result<Membership, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            user_id: &'a str,
            organization_id: &'a str,
            role_slug: &'a str,
        }
        self.post("/user_management/organization_memberships", &Body { user_id, organization_id, role_slug }).await
    }
}
