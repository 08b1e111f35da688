//! Organizations at WorkOS.

use serde::{Deserialize, Serialize};

use super::{
    client::{Workos, segment},
    error::Error,
};

/// An organization, as WorkOS states it.
#[derive(Clone, Debug, Deserialize)]
pub struct Organization {
    /// WorkOS's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The id that we gave it, if we made it.
    #[serde(default)]
    pub external_id: Option<String>,
}

impl Workos {
    /// The organization with WorkOS's id.
    pub async fn organization(&self, id: &str) -> Result<Organization, Error> {
        self.get(&format!("/organizations/{}", segment(id)), &[]).await
    }

    /// The organization that carries our id, if there is one.
    pub async fn organization_by_external_id(&self, external_id: &str) -> Result<Option<Organization>, Error> {
        match self.get(&format!("/organizations/external_id/{}", segment(external_id)), &[]).await {
            Ok(organization) => Ok(Some(organization)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes an organization that carries our id. WorkOS keeps such ids unique, so a second attempt is refused.
    pub async fn create_organization(&self, name: &str, external_id: &str) -> Result<Organization, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            name: &'a str,
            external_id: &'a str,
        }
        self.post("/organizations", &Body { name, external_id }).await
    }
}
