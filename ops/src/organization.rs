//! Organizations, as an operator names them.

use tokio_postgres::{Error, GenericClient};
use uuid::Uuid;

/// An organization.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    /// Whether it is the platform itself, which carries what belongs to no customer.
    pub(crate) is_platform: bool,
}

/// No organization has that id or slug.
#[derive(Debug, thiserror::Error)]
#[error("no organization has the id or slug {0}")]
pub(crate) struct UnknownOrganization(pub(crate) String);

/// Slugs are the organizations' own choice, and one may be chosen that is another's id: ids come first.
const FIND: &str = "
    select id, slug, type = 'platform' as is_platform
      from organizations
     where id = $1 or workos_org_id = $2 or slug = $2
     order by id is not distinct from $1 desc, workos_org_id is not distinct from $2 desc
     limit 1";

/// The organization with this id, ours or WorkOS's, or this slug.
pub(crate) async fn find(client: &impl GenericClient, name: &str) -> Result<Option<Organization>, Error> {
    let found = client.query_opt(FIND, &[&Uuid::try_parse(name).ok(), &name]).await?;
    found
        .map(|row| {
            Ok(Organization {
                id: row.try_get("id")?,
                slug: row.try_get("slug")?,
                is_platform: row.try_get("is_platform")?,
            })
        })
        .transpose()
}
