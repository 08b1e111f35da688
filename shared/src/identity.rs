//! Who is asking, as the database knows them: the person, their current organization and role, and where else they are
//! a member.

use serde::Serialize;
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use crate::{
    app::App,
    database::{Error, Membership, Statement},
    http::Problem,
    page::Viewer,
    permission::{Permission, Role},
    session::Session,
};

/// A person with their organizations.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    /// The person.
    pub user: User,
    /// The current organization; none when the token names none.
    pub organization: Option<Organization>,
    /// The role in it.
    #[serde(serialize_with = "role_slug")]
    pub role: Option<Role>,
    /// What the session may do in it.
    #[serde(serialize_with = "permission_slugs")]
    pub permissions: Vec<Permission>,
    /// Every organization with an active membership, by name.
    pub organizations: Vec<OwnOrganization>,
}

/// A person.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// The id in our database.
    pub id: Uuid,
    /// WorkOS's id, which events and meetings name.
    pub workos_user_id: String,
    /// The e-mail address.
    pub email: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
}

/// An organization.
#[derive(Clone, Debug, Serialize)]
pub struct Organization {
    /// The id in our database.
    pub id: Uuid,
    /// WorkOS's id.
    pub workos_org_id: Option<String>,
    /// Its name.
    pub name: String,
    /// patient_personal, expert_individual, clinic or educational_institution.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its time zone (IANA), for pages.
    #[serde(skip)]
    pub time_zone: String,
}

/// An organization with the person's role in it.
#[derive(Clone, Debug, Serialize)]
pub struct OwnOrganization {
    /// The organization.
    #[serde(flatten)]
    pub organization: Organization,
    /// The role's slug.
    pub role: String,
}

const ME: &str = "
    select id, workos_user_id, email, first_name, last_name
    from app.me()";

const ORGANIZATIONS: &str = "
    select o.id, o.workos_org_id, o.name, o.type, o.timezone, m.role
    from user_org_memberships m
    join organizations o on o.id = m.org_id
    where m.workos_user_id = (select app.user_id())
      and m.status = 'active'
      and o.deleted_at is null
    order by o.name, o.id";

const IDENTITY_USER: &str = "
    select id, workos_user_id, email, first_name, last_name
    from users
    where workos_user_id = $1
      and deleted_at is null
      and not exists (select from revoked_sessions r where r.sid = $2)";

const IDENTITY_ORGANIZATIONS: &str = "
    select o.id, o.workos_org_id, o.name, o.type, o.timezone, m.role
    from user_org_memberships m
    join organizations o on o.id = m.org_id
    where m.workos_user_id = $1
      and m.status = 'active'
      and o.deleted_at is null
    order by o.name, o.id";

const VIEWER: &str = "
    select me.workos_user_id, me.email, me.first_name, me.last_name, o.name as organization_name, o.timezone
    from app.me() me
    cross join organizations o
    where o.id = (select app.org_id())";

impl Identity {
    /// Loads the identity within the session's organization, or without one where the token names none.
    ///
    /// Errors: `unauthenticated` for a revoked session or an unknown person, `membership_inactive`, `unavailable`.
    pub async fn load(app: &App, session: &Session) -> Result<Self, Problem> {
        match session.claims().org_id {
            Some(_) => {
                let statements = [Statement::new(ME, &[]), Statement::new(ORGANIZATIONS, &[])];
                let (membership, [me, organizations]) = app.own_organization(session)?.read_all(statements).await?;
                Self::from_rows(session, &membership, &me, &organizations)
            }
            None => Self::without_organization(app, session).await,
        }
    }

    /// Loads the identity, and in the same flight what a statement of the caller's answers. Its rows are discarded unless
    /// the session has `permission`; without an organization there are none.
    ///
    /// Errors: as of [`Identity::load`].
    pub async fn load_beside(
        app: &App,
        session: &Session,
        statement: Statement<'_>,
        permission: Permission,
    ) -> Result<(Self, Vec<Row>), Problem> {
        if session.claims().org_id.is_none() {
            return Ok((Self::without_organization(app, session).await?, Vec::new()));
        }
        let statements = [Statement::new(ME, &[]), Statement::new(ORGANIZATIONS, &[]), statement];
        let (membership, [me, organizations, mut rows]) = app.own_organization(session)?.read_all(statements).await?;
        let identity = Self::from_rows(session, &membership, &me, &organizations)?;
        if !identity.permissions.contains(&permission) {
            rows.clear();
        }
        Ok((identity, rows))
    }

    fn from_rows(
        session: &Session,
        membership: &Membership,
        me: &[Row],
        organizations: &[Row],
    ) -> Result<Self, Problem> {
        let organizations = rows(organizations, OwnOrganization::from_row)?;
        let current = organizations.iter().find(|own| own.organization.id == membership.organization_id);
        Ok(Self {
            user: single(me, User::from_row)?.ok_or_else(Problem::unauthenticated)?,
            organization: current.map(|own| own.organization.clone()),
            role: membership.role,
            permissions: permissions(session, membership),
            organizations,
        })
    }

    /// Loads the person and their organizations without entering one: also for somebody whose membership of the
    /// current organization is not active, so that they can go elsewhere.
    pub async fn without_organization(app: &App, session: &Session) -> Result<Self, Problem> {
        let (user_id, session_id) = (session.user_id(), session.claims().sid.as_str());
        let [user, organizations] = app
            .identity()?
            .read_all([
                Statement::new(IDENTITY_USER, &[(&user_id, Type::TEXT), (&session_id, Type::TEXT)]),
                Statement::new(IDENTITY_ORGANIZATIONS, &[(&user_id, Type::TEXT)]),
            ])
            .await?;
        Ok(Self {
            user: single(&user, User::from_row)?.ok_or_else(Problem::unauthenticated)?,
            organization: None,
            role: None,
            permissions: Vec::new(),
            organizations: rows(&organizations, OwnOrganization::from_row)?,
        })
    }

    /// The frame's view of this identity; none without an organization.
    pub fn viewer(&self) -> Option<Viewer> {
        let organization = self.organization.as_ref()?;
        Some(Viewer {
            user_id: self.user.workos_user_id.clone(),
            organization_id: organization.workos_org_id.clone().unwrap_or_default(),
            organization_name: organization.name.clone(),
            time_zone: organization.time_zone.clone(),
            name: self.user.name(),
            permissions: self.permissions.clone(),
        })
    }
}

impl User {
    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            workos_user_id: row.try_get("workos_user_id")?,
            email: row.try_get("email")?,
            first_name: row.try_get("first_name")?,
            last_name: row.try_get("last_name")?,
        })
    }

    /// What to call the person: their name, or their e-mail address where they gave none.
    pub fn name(&self) -> String {
        display_name(self.first_name.as_deref(), self.last_name.as_deref()).unwrap_or_else(|| self.email.clone())
    }
}

impl OwnOrganization {
    fn from_row(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let organization = Organization {
            id: row.try_get("id")?,
            workos_org_id: row.try_get("workos_org_id")?,
            name: row.try_get("name")?,
            kind: row.try_get("type")?,
            time_zone: row.try_get("timezone")?,
        };
        Ok(Self { organization, role: row.try_get("role")? })
    }
}

/// The statement that a page sends along with its own, so that the frame costs no round trip.
pub fn viewer_statement() -> Statement<'static> {
    Statement::new(VIEWER, &[])
}

/// Reads the answer to [`viewer_statement`].
pub fn viewer(session: &Session, membership: &Membership, answer: &[Row]) -> Result<Viewer, Problem> {
    let viewer = single(answer, |row| {
        let (first_name, last_name): (Option<&str>, Option<&str>) =
            (row.try_get("first_name")?, row.try_get("last_name")?);
        let email: &str = row.try_get("email")?;
        Ok(Viewer {
            user_id: row.try_get("workos_user_id")?,
            organization_id: session.claims().org_id.clone().unwrap_or_default(),
            organization_name: row.try_get("organization_name")?,
            time_zone: row.try_get("timezone")?,
            name: display_name(first_name, last_name).unwrap_or_else(|| email.to_owned()),
            permissions: permissions(session, membership),
        })
    })?;
    viewer.ok_or_else(|| Problem::internal(Error::Shape("a viewer")))
}

fn permissions(session: &Session, membership: &Membership) -> Vec<Permission> {
    membership.role.map(|role| session.grants().within(role)).unwrap_or_default()
}

/// "Given Family", whichever of the two there are.
pub fn display_name(first_name: Option<&str>, last_name: Option<&str>) -> Option<String> {
    let parts: Vec<&str> =
        [first_name, last_name].into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

type FromRow<T> = fn(&Row) -> Result<T, tokio_postgres::Error>;

fn rows<T>(answer: &[Row], from_row: FromRow<T>) -> Result<Vec<T>, Problem> {
    answer.iter().map(from_row).collect::<Result<_, _>>().map_err(|error| Problem::internal(Error::from(error)))
}

fn single<T>(
    answer: &[Row],
    from_row: impl FnOnce(&Row) -> Result<T, tokio_postgres::Error>,
) -> Result<Option<T>, Problem> {
    answer.first().map(from_row).transpose().map_err(|error| Problem::internal(Error::from(error)))
}

fn role_slug<S: serde::Serializer>(role: &Option<Role>, serializer: S) -> Result<S::Ok, S::Error> {
    role.map(Role::as_str).serialize(serializer)
}

fn permission_slugs<S: serde::Serializer>(permissions: &[Permission], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(permissions.iter().map(|permission| permission.as_str()))
}
