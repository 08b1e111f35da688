//! Everybody who asks: people in an organization, people whom `app.begin` refuses, and login roles by themselves.

use dev::world::Login;
use serde_json::json;
use tokio_postgres::Client;

use super::stage::{AURORA, CASA, NORTE, REVOKED_SESSION};
use crate::{
    app::BeginClaims,
    database::{refusal, signed::Signed},
};

/// Somebody who asks.
pub(in crate::database) struct Who {
    pub(in crate::database) name: &'static str,
    pub(in crate::database) way: Way,
}

/// How they come to the database.
#[derive(Clone, Copy)]
pub(in crate::database) enum Way {
    /// `app.begin` lets them in.
    Begun(Person),
    /// `app.begin` refuses them with this SQLSTATE; what they try after that, they try as `authenticated`.
    Refused(Claims, &'static str),
    /// A login that takes this role by itself.
    Bare(Login, &'static str),
    /// `eleva_exporter` in a transaction about one organization.
    Exporting(&'static str),
    /// A function of `eleva_definer`, whom nobody logs in as: only a superuser can try this.
    Definer,
}

/// A person (WorkOS user id) in an organization (WorkOS id), and the role of the membership.
#[derive(Clone, Copy)]
pub(in crate::database) struct Person {
    pub(in crate::database) user: &'static str,
    pub(in crate::database) org: &'static str,
    pub(in crate::database) role: &'static str,
}

/// What is signed for somebody who is refused.
#[derive(Clone, Copy)]
pub(in crate::database) enum Claims {
    /// A person and an organization, in no session that was revoked.
    Of(&'static str, &'static str),
    /// The same in the revoked session.
    Revoked(&'static str, &'static str),
    /// A person without an organization.
    WithoutOrganization(&'static str),
}

/// Everybody.
pub(in crate::database) static EVERYBODY: [Who; 21] = [
    begun("owner", "user_01SEEDAURORAOWNER", AURORA, "owner"),
    begun("admin", "user_01SEEDAURORAADMIN", AURORA, "admin"),
    begun("member", "user_01SEEDAURORAMEMBER", AURORA, "member"),
    begun("billing_admin", "user_01SEEDAURORABILLINGADMIN", AURORA, "billing_admin"),
    begun("member of both, as a member", "user_01SEEDBOTH", AURORA, "member"),
    begun("member of both, as an admin", "user_01SEEDBOTH", NORTE, "admin"),
    begun("owner of the other", "user_01SEEDNORTEOWNER", NORTE, "owner"),
    begun("guest", "user_01CASAGUEST", CASA, "owner"),
    refused("suspended", Claims::Of("user_01SEEDSUSPENDED", AURORA), "EL005"),
    refused("invited", Claims::Of("user_01SEEDINVITED", AURORA), "EL005"),
    refused("removed", Claims::Of("user_01REMOVED", AURORA), "EL005"),
    refused("no member", Claims::Of("user_01SEEDNORTEOWNER", AURORA), "EL005"),
    refused("deleted", Claims::Of("user_01DELETED", AURORA), "EL010"),
    refused("revoked session", Claims::Revoked("user_01SEEDAURORAOWNER", AURORA), "EL006"),
    refused("token without organization", Claims::WithoutOrganization("user_01SEEDAURORAOWNER"), "EL002"),
    Who { name: "no session", way: Way::Bare(Login::App, "authenticated") },
    Who { name: "anonymous", way: Way::Bare(Login::App, "anonymous") },
    Who { name: "eleva_app", way: Way::Bare(Login::App, "eleva_app") },
    Who { name: "eleva_identity", way: Way::Bare(Login::Identity, "eleva_identity") },
    Who { name: "eleva_exporter", way: Way::Bare(Login::Exporter, "eleva_exporter") },
    Who { name: "eleva_exporter of an organization", way: Way::Exporting(AURORA) },
];

/// Whom the definer functions are.
pub(in crate::database) static DEFINER: Who = Who { name: "eleva_definer", way: Way::Definer };

const fn begun(name: &'static str, user: &'static str, org: &'static str, role: &'static str) -> Who {
    Who { name, way: Way::Begun(Person { user, org, role }) }
}

const fn refused(name: &'static str, claims: Claims, sqlstate: &'static str) -> Who {
    Who { name, way: Way::Refused(claims, sqlstate) }
}

impl Who {
    /// Whether they are `authenticated` without having begun.
    pub(in crate::database) fn has_no_context(&self) -> bool {
        matches!(self.way, Way::Refused(..) | Way::Bare(_, "authenticated"))
    }

    /// The login that they come with.
    pub(in crate::database) fn login(&self) -> Login {
        match self.way {
            Way::Begun(_) | Way::Refused(..) => Login::App,
            Way::Bare(login, _) => login,
            Way::Exporting(_) => Login::Exporter,
            Way::Definer => unreachable!("nobody logs in as eleva_definer"),
        }
    }

    /// Whether they come with nothing but a role.
    pub(in crate::database) fn is_bare(&self) -> bool {
        matches!(self.way, Way::Bare(..) | Way::Definer)
    }

    /// The role that they have.
    pub(in crate::database) fn role(&self) -> &'static str {
        match self.way {
            Way::Begun(_) | Way::Refused(..) => "authenticated",
            Way::Bare(_, role) => role,
            Way::Exporting(_) => "eleva_exporter",
            Way::Definer => "eleva_definer",
        }
    }

    /// The same in a superuser's transaction, as whom they log in.
    pub(in crate::database) async fn enter_as_superuser(&self, superuser: &Client) -> Result<(), String> {
        if !matches!(self.way, Way::Definer) {
            let login = format!("set local session authorization {}", self.login().role());
            superuser.batch_execute(&login).await.expect("a superuser may be anybody");
        }
        self.enter(superuser).await
    }

    /// Brings a transaction that has just begun to where they ask from; says what went otherwise than it should.
    ///
    /// Everything happens behind the savepoint `entrance`, so that a refusal does not end the transaction.
    pub(in crate::database) async fn enter(&self, client: &Client) -> Result<(), String> {
        client.batch_execute("savepoint entrance").await.expect("a savepoint");
        let become_role = match self.way {
            Way::Begun(person) => {
                let claims = Claims::Of(person.user, person.org).signed();
                return claims.call(client).await.map_err(|error| format!("{} may not begin: {error}", self.name));
            }
            Way::Exporting(org) => {
                format!("select app.export_begin(id) from organizations where workos_org_id = '{org}'")
            }
            Way::Refused(claims, sqlstate) => {
                let refused = refusal(claims.signed().call(client).await);
                if refused.as_deref() != Some(sqlstate) {
                    return Err(format!("{}: {refused:?} instead of {sqlstate}", self.name));
                }
                "rollback to savepoint entrance; set local role authenticated".to_owned()
            }
            Way::Bare(_, role) => format!("set local role {role}"),
            Way::Definer => "set local role eleva_definer".to_owned(),
        };
        let entered = client.batch_execute(&become_role).await;
        entered.map_err(|error| format!("{} may not do {become_role:?}: {error}", self.name))
    }
}

impl Claims {
    fn signed(self) -> Signed {
        let claims = match self {
            Self::Of(user, org) => BeginClaims::new(user, org),
            Self::Revoked(user, org) => {
                let mut claims = BeginClaims::new(user, org);
                claims.0["sid"] = json!(REVOKED_SESSION);
                claims
            }
            Self::WithoutOrganization(user) => {
                let mut claims = BeginClaims::new(user, "");
                claims.0.as_object_mut().expect("claims are an object").remove("org_id");
                claims
            }
        };
        Signed::from(&claims)
    }
}
