//! Provisioning: after it, the person, their personal organization and their memberships exist at WorkOS and here.
//!
//! Every step may be repeated, run twice at once, or be the last one before the sandbox dies: what exists is found by
//! its WorkOS id (never by an e-mail address) and completed. No transaction is open while WorkOS is asked.
//!
//! 1. Here: the user; and whether the personal organization is complete.
//! 2. At WorkOS, where it is not: the organization under our external id, the membership as its owner.
//! 3. At WorkOS: the organization that the token names and the membership in it, as they stand.
//! 4. Here: those organizations and memberships.

mod database;
mod trail;

use eleva::{
    App,
    http::Request,
    identity::display_name,
    workos::{Error, Membership, Organization, User},
};

use crate::failure::Failure;

/// The role of a person in their personal organization.
const OWNER: &str = "owner";

/// An organization as WorkOS states it, with the person's membership in it; none when it has ended meanwhile.
pub(crate) struct Stated {
    organization: Organization,
    membership: Option<Membership>,
}

/// Provisions a person whose token names `token_organization` (WorkOS id). Gives their personal organization's WorkOS
/// id.
pub(crate) async fn provision(
    app: &App,
    request: &Request,
    user: &User,
    token_organization: Option<&str>,
) -> Result<String, Failure> {
    let identity = app.identity()?;
    let complete = database::upsert_user(&identity, user, &personal_id(user)).await?;

    let mut stated = Vec::new();
    let personal = match complete {
        Some(workos_org_id) => workos_org_id,
        None => {
            let personal = personal_organization(app, user).await?;
            let id = personal.organization.id.clone();
            stated.push(personal);
            id
        }
    };
    if let Some(id) = token_organization
        && stated.iter().all(|known| known.organization.id != id)
    {
        let organization = app.workos().organization(id).await?;
        let membership = app.workos().membership(&user.id, id).await?;
        stated.push(Stated { organization, membership });
    }
    database::upsert_memberships(&identity, request, user, &stated).await?;
    Ok(personal)
}

/// Finds or makes the personal organization again, whatever is known of it here: it was taken away at WorkOS. Gives its
/// WorkOS id.
pub(crate) async fn renew_personal(app: &App, request: &Request, user: &User) -> Result<String, Failure> {
    let personal = personal_organization(app, user).await?;
    let id = personal.organization.id.clone();
    database::upsert_memberships(&app.identity()?, request, user, &[personal]).await?;
    Ok(id)
}

/// The id under which WorkOS knows a person's own organization; its slug here is the same.
fn personal_id(user: &User) -> String {
    format!("user-{}", user.id)
}

async fn personal_organization(app: &App, user: &User) -> Result<Stated, Failure> {
    let external_id = personal_id(user);
    let workos = app.workos();
    let organization = match workos.organization_by_external_id(&external_id).await? {
        Some(organization) => organization,
        None => match workos.create_organization(&personal_name(user), &external_id).await {
            Ok(organization) => organization,
            // Another callback of the same person was faster: there can be one with this id only.
            Err(error @ Error::Refused { .. }) => {
                workos.organization_by_external_id(&external_id).await?.ok_or(error)?
            }
            Err(error) => return Err(error.into()),
        },
    };
    let membership = match workos.membership(&user.id, &organization.id).await? {
        Some(membership) => membership,
        None => match workos.create_membership(&user.id, &organization.id, OWNER).await {
            Ok(membership) => membership,
            Err(error @ Error::Refused { .. }) => workos.membership(&user.id, &organization.id).await?.ok_or(error)?,
            Err(error) => return Err(error.into()),
        },
    };
    Ok(Stated { organization, membership: Some(membership) })
}

/// "Given Family's Account"; never an e-mail address, which other people would see.
fn personal_name(user: &User) -> String {
    match display_name(user.first_name.as_deref(), user.last_name.as_deref()) {
        Some(name) => format!("{name}'s Account"),
        None => "Personal Account".to_owned(),
    }
}
