//! Provisioning's statements, as `eleva_identity`.

use eleva::{
    database::{Error, IdentityScope, Statement, Transaction},
    http::Request,
    permission::Role,
    workos::{Membership, MembershipStatus, Organization, User},
};
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use super::{Stated, trail::Trail};
use crate::failure::Failure;

/// The most characters of a given or family name; the table's CHECK.
const LONGEST_NAME: usize = 200;
/// The most characters of an organization's name; the table's CHECK.
const LONGEST_ORGANIZATION_NAME: usize = 500;
/// The most bytes of a picture's address; the table's CHECK.
const LONGEST_IMAGE_URL: usize = 2_048;

/// The unique index over the case-folded addresses of living users.
const EMAIL_INDEX: &str = "users_email_key";

/// A name given here is kept: the person may have corrected it. The address and its state are WorkOS's to say.
const UPSERT_USER: &str = "
    insert into users as u (workos_user_id, email, email_verified, first_name, last_name, image_url)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (workos_user_id) do update
    set email = excluded.email,
        email_verified = excluded.email_verified,
        first_name = coalesce(u.first_name, excluded.first_name),
        last_name = coalesce(u.last_name, excluded.last_name),
        image_url = coalesce(u.image_url, excluded.image_url)
    where u.deleted_at is null
    returning u.id";

const COMPLETE_PERSONAL_ORGANIZATION: &str = "
    select o.workos_org_id
    from organizations o
    join user_org_memberships m on m.org_id = o.id
    where m.workos_user_id = $2
      and m.status = 'active'
      and o.type = 'patient_personal'
      and o.deleted_at is null
      and (o.slug = $1 or starts_with(o.slug, $1 || '-'))";

/// Slug and type are ours and stay as they are. The slug of an organization that was deleted stays taken: the one that
/// comes after it gets the end of its id as well.
///
/// `is_new`: a row that was updated has the transaction that locked it in xmax. What was known is what the statement's
/// snapshot has: nothing is locked for it, because rows come before the lock that orders upserts. So of two sign-ins at
/// once both may tell of one new name.
const UPSERT_ORGANIZATION: &str = "
    with known as (
        select name
        from organizations
        where workos_org_id = $1
    )
    insert into organizations (workos_org_id, slug, name, type)
    select $1,
           case when exists (select from organizations o where o.slug = $2 and o.workos_org_id is distinct from $1)
                then $2 || '-' || lower(right($1, 12))
                else $2
           end,
           $3,
           $4
    on conflict (workos_org_id) do update
    set name = excluded.name
    returning id, slug, name, type, xmax = 0 as is_new, (select known.name from known) as old_name";

/// What is older than what we know already changes nothing. The organization's upsert before it has the two of two
/// sign-ins follow one another, so that what was known is the newest.
const UPSERT_MEMBERSHIP: &str = "
    with known as (
        select role, status
        from user_org_memberships
        where workos_user_id = $1
          and org_id = $2
    )
    insert into user_org_memberships as m
        (workos_user_id, org_id, workos_membership_id, role, status, joined_at, workos_updated_at)
    values ($1, $2, $3, $4, $5, case when $5 = 'active' then now() end, $6)
    on conflict (workos_user_id, org_id) do update
    set workos_membership_id = excluded.workos_membership_id,
        role = excluded.role,
        status = excluded.status,
        joined_at = coalesce(m.joined_at, excluded.joined_at),
        workos_updated_at = excluded.workos_updated_at
    where m.workos_updated_at is null
       or m.workos_updated_at <= excluded.workos_updated_at
    returning m.role, m.status, xmax = 0 as is_new,
              (select known.role from known) as old_role, (select known.status from known) as old_status";

const END_MEMBERSHIP: &str = "
    with known as (
        select role, status
        from user_org_memberships
        where workos_user_id = $1
          and org_id = $2
          and status <> 'removed'
        for update
    )
    update user_org_memberships m
    set status = 'removed'
    from known
    where m.workos_user_id = $1
      and m.org_id = $2
    returning m.role, m.status, false as is_new, known.role as old_role, known.status as old_status";

/// Upserts the user, and gives the WorkOS id of their personal organization if that is complete already.
///
/// Errors: [`Failure::AccountConflict`] when another living user has the address; [`Failure::Refused`] for a user who
/// was deleted here.
pub(super) async fn upsert_user(
    identity: &IdentityScope<'_>,
    user: &User,
    personal_slug: &str,
) -> Result<Option<String>, Failure> {
    // Half an address leads nowhere; no picture is better.
    let image_url = user.profile_picture_url.as_deref().filter(|url| url.len() <= LONGEST_IMAGE_URL);
    let answer = identity
        .transaction(async |transaction: &mut Transaction<'_>| {
            let upserted = transaction
                .query_optional(Statement::new(
                    UPSERT_USER,
                    &[
                        (&user.id, Type::TEXT),
                        (&user.email, Type::TEXT),
                        (&user.email_verified, Type::BOOL),
                        (&cut(user.first_name.as_deref(), LONGEST_NAME), Type::TEXT),
                        (&cut(user.last_name.as_deref(), LONGEST_NAME), Type::TEXT),
                        (&image_url, Type::TEXT),
                    ],
                ))
                .await?;
            if upserted.is_none() {
                return Ok(None);
            }
            let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
                &[(&personal_slug, Type::TEXT), (&user.id, Type::TEXT)];
            let personal =
                transaction.query_optional(Statement::new(COMPLETE_PERSONAL_ORGANIZATION, parameters)).await?;
            Ok(Some(personal.map(|row| row.try_get("workos_org_id")).transpose()?))
        })
        .await;
    match answer {
        Ok(Some(personal)) => Ok(personal),
        Ok(None) => Err(Failure::Refused("access_denied".to_owned())),
        Err(error @ Error::Statement { .. }) if error.violates(EMAIL_INDEX) => Err(Failure::AccountConflict),
        Err(error) => Err(error.into()),
    }
}

/// Upserts organizations and the person's memberships in them, and records what that changed.
pub(super) async fn upsert_memberships(
    identity: &IdentityScope<'_>,
    request: &Request,
    user: &User,
    stated: &[Stated],
) -> Result<(), Failure> {
    if stated.is_empty() {
        return Ok(());
    }
    identity
        .transaction(async |transaction: &mut Transaction<'_>| {
            for Stated { organization, membership } in stated {
                let trail = Trail { request, user, is_personal: is_personal(organization, user) };
                let row = upsert_organization(transaction, organization, user).await?;
                let org_id = trail.organization(transaction, &row)?;
                let row = match membership {
                    Some(membership) => upsert_membership(transaction, user, org_id, membership).await?,
                    None => {
                        let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
                            &[(&user.id, Type::TEXT), (&org_id, Type::UUID)];
                        transaction.query_optional(Statement::new(END_MEMBERSHIP, parameters)).await?
                    }
                };
                trail.membership(transaction, org_id, row.as_ref())?;
            }
            Ok::<(), Error>(())
        })
        .await?;
    Ok(())
}

async fn upsert_organization(
    transaction: &mut Transaction<'_>,
    organization: &Organization,
    user: &User,
) -> Result<Row, Error> {
    let (slug, kind) = match is_personal(organization, user) {
        true => (super::personal_id(user), "patient_personal"),
        false => (slug(organization), "clinic"),
    };
    let row = transaction
        .query_optional(Statement::new(
            UPSERT_ORGANIZATION,
            &[
                (&organization.id, Type::TEXT),
                (&slug, Type::TEXT),
                (&cut(Some(&organization.name), LONGEST_ORGANIZATION_NAME), Type::TEXT),
                (&kind, Type::TEXT),
            ],
        ))
        .await?;
    row.ok_or(Error::Shape("the organization's row"))
}

/// Whether WorkOS knows the organization as this person's own.
fn is_personal(organization: &Organization, user: &User) -> bool {
    organization.external_id.as_deref() == Some(&super::personal_id(user))
}

async fn upsert_membership(
    transaction: &mut Transaction<'_>,
    user: &User,
    org_id: Uuid,
    membership: &Membership,
) -> Result<Option<Row>, Error> {
    // A role that we do not know gives nothing: the membership is kept, but not in force.
    let known = Role::parse(&membership.role.slug);
    let (role, status) = match known {
        Some(role) => (role, membership.status),
        None => (Role::Member, MembershipStatus::Inactive),
    };
    transaction
        .query_optional(Statement::new(
            UPSERT_MEMBERSHIP,
            &[
                (&user.id, Type::TEXT),
                (&org_id, Type::UUID),
                (&membership.id, Type::TEXT),
                (&role.as_str(), Type::TEXT),
                (&status.as_column(), Type::TEXT),
                (&membership.updated_at, Type::TIMESTAMPTZ),
            ],
        ))
        .await
}

/// At most so many characters, so that a name that is too long for us does not keep anybody out.
fn cut(text: Option<&str>, longest: usize) -> Option<String> {
    text.map(|text| text.chars().take(longest).collect())
}

/// A slug for an organization that was made at WorkOS: its name, and enough of its id to be unique.
fn slug(organization: &Organization) -> String {
    let words: Vec<String> = organization
        .name
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let id = organization.id.to_ascii_lowercase().replace('_', "-");
    let name = words.join("-");
    let name = &name[..name.len().min(60)];
    format!("{name}-{id}").trim_start_matches('-').to_owned()
}
