//! The people and organizations that a new world has: in Postgres, and at the WorkOS stand-in under the same ids.
//!
//! Seeding adds what is missing and changes nothing that is there, so that a developer's own changes stay.

mod bookings;

use tokio_postgres::Client;

use crate::{
    failure::Failure,
    workos::{self, Directory, MembershipStatus},
};

pub use bookings::seed as seed_bookings;

/// A seeded organization.
#[derive(Clone, Copy, Debug)]
pub struct Organization {
    /// Its WorkOS id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its slug.
    pub slug: &'static str,
    /// Its type here.
    pub kind: &'static str,
    /// The id under which WorkOS knows it as somebody's own.
    pub external_id: Option<&'static str>,
}

/// A seeded person.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The WorkOS user id.
    pub id: &'static str,
    /// The address to sign in with.
    pub email: &'static str,
    /// The given name.
    pub first_name: &'static str,
    /// The family name.
    pub last_name: &'static str,
    /// Where the person is a member.
    pub memberships: &'static [Membership],
}

/// What a seeded person is in an organization.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    /// The WorkOS membership id.
    pub id: &'static str,
    /// Where.
    pub organization: Organization,
    /// The role, the same slug here and at WorkOS.
    pub role: &'static str,
    /// Whether it is in force.
    pub status: Status,
}

/// The status of a seeded membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In force.
    Active,
    /// Not accepted yet.
    Invited,
    /// Withdrawn for the time being.
    Suspended,
}

impl Status {
    /// As `user_org_memberships.status` has it.
    pub fn in_postgres(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Suspended => "suspended",
        }
    }

    /// As WorkOS has it.
    pub fn at_workos(self) -> MembershipStatus {
        match self {
            Self::Active => MembershipStatus::Active,
            Self::Invited => MembershipStatus::Pending,
            Self::Suspended => MembershipStatus::Inactive,
        }
    }
}

const AURORA: Organization = clinic("org_01SEEDAURORA", "Clínica Aurora", "clinica-aurora");
const NORTE: Organization = clinic("org_01SEEDNORTE", "Centro Norte", "centro-norte");
const PRACTICE: Organization = Organization {
    id: "org_01SEEDPRACTICE",
    name: "Teresa Brandão's Practice",
    slug: "teresa-brandao",
    kind: "expert_individual",
    external_id: None,
};
/// As the first sign-in of a patient makes it.
const ACCOUNT: Organization = Organization {
    id: "org_01SEEDACCOUNT",
    name: "Rita Marques's Account",
    slug: "user-user_01SEEDPATIENT",
    kind: "patient_personal",
    external_id: Some("user-user_01SEEDPATIENT"),
};

/// The seeded clinics.
pub static CLINICS: [Organization; 2] = [AURORA, NORTE];

/// The seeded organizations.
pub static ORGANIZATIONS: [Organization; 4] = [AURORA, NORTE, PRACTICE, ACCOUNT];

/// The seeded people.
pub static PEOPLE: [Person; 13] = [
    Person {
        id: "user_01SEEDAURORAOWNER",
        email: "owner@aurora.example",
        first_name: "Olívia",
        last_name: "Moreira",
        memberships: &[active("om_01SEEDAURORAOWNER", AURORA, "owner")],
    },
    Person {
        id: "user_01SEEDAURORAADMIN",
        email: "admin@aurora.example",
        first_name: "Artur",
        last_name: "Nogueira",
        memberships: &[active("om_01SEEDAURORAADMIN", AURORA, "admin")],
    },
    Person {
        id: "user_01SEEDAURORAMEMBER",
        email: "member@aurora.example",
        first_name: "Marta",
        last_name: "Leal",
        memberships: &[active("om_01SEEDAURORAMEMBER", AURORA, "member")],
    },
    Person {
        id: "user_01SEEDAURORABILLINGADMIN",
        email: "billing-admin@aurora.example",
        first_name: "Bruno",
        last_name: "Teles",
        memberships: &[active("om_01SEEDAURORABILLINGADMIN", AURORA, "billing_admin")],
    },
    Person {
        id: "user_01SEEDNORTEOWNER",
        email: "owner@norte.example",
        first_name: "Otávio",
        last_name: "Sampaio",
        memberships: &[active("om_01SEEDNORTEOWNER", NORTE, "owner")],
    },
    Person {
        id: "user_01SEEDNORTEADMIN",
        email: "admin@norte.example",
        first_name: "Alice",
        last_name: "Barros",
        memberships: &[active("om_01SEEDNORTEADMIN", NORTE, "admin")],
    },
    Person {
        id: "user_01SEEDNORTEMEMBER",
        email: "member@norte.example",
        first_name: "Miguel",
        last_name: "Vidal",
        memberships: &[active("om_01SEEDNORTEMEMBER", NORTE, "member")],
    },
    Person {
        id: "user_01SEEDNORTEBILLINGADMIN",
        email: "billing-admin@norte.example",
        first_name: "Beatriz",
        last_name: "Couto",
        memberships: &[active("om_01SEEDNORTEBILLINGADMIN", NORTE, "billing_admin")],
    },
    Person {
        id: "user_01SEEDBOTH",
        email: "both@eleva.example",
        first_name: "Duarte",
        last_name: "Valente",
        memberships: &[active("om_01SEEDBOTHAURORA", AURORA, "member"), active("om_01SEEDBOTHNORTE", NORTE, "admin")],
    },
    Person {
        id: "user_01SEEDSUSPENDED",
        email: "suspended@aurora.example",
        first_name: "Sara",
        last_name: "Pires",
        memberships: &[Membership {
            id: "om_01SEEDSUSPENDED",
            organization: AURORA,
            role: "member",
            status: Status::Suspended,
        }],
    },
    Person {
        id: "user_01SEEDINVITED",
        email: "invited@aurora.example",
        first_name: "Inês",
        last_name: "Faria",
        memberships: &[Membership {
            id: "om_01SEEDINVITED",
            organization: AURORA,
            role: "member",
            status: Status::Invited,
        }],
    },
    Person {
        id: "user_01SEEDEXPERT",
        email: "expert@practice.example",
        first_name: "Teresa",
        last_name: "Brandão",
        memberships: &[active("om_01SEEDEXPERT", PRACTICE, "owner")],
    },
    Person {
        id: "user_01SEEDPATIENT",
        email: "patient@eleva.example",
        first_name: "Rita",
        last_name: "Marques",
        memberships: &[active("om_01SEEDPATIENT", ACCOUNT, "owner")],
    },
];

const fn clinic(id: &'static str, name: &'static str, slug: &'static str) -> Organization {
    Organization { id, name, slug, kind: "clinic", external_id: None }
}

const fn active(id: &'static str, organization: Organization, role: &'static str) -> Membership {
    Membership { id, organization, role, status: Status::Active }
}

impl Person {
    /// What the person is, for whoever chooses whom to sign in as.
    pub fn description(&self) -> String {
        let memberships = self.memberships.iter().map(|membership| {
            let status = match membership.status {
                Status::Active => "",
                Status::Invited => ", merely invited",
                Status::Suspended => ", suspended",
            };
            format!("{} of {}{status}", membership.role, membership.organization.name)
        });
        memberships.collect::<Vec<_>>().join(", ")
    }
}

/// The same for the WorkOS stand-in.
pub fn directory() -> Directory {
    let organization = |own: &Organization| workos::Organization {
        id: own.id.to_owned(),
        name: own.name.to_owned(),
        external_id: own.external_id.map(str::to_owned),
    };
    let user = |person: &Person| workos::User {
        id: person.id.to_owned(),
        email: person.email.to_owned(),
        first_name: Some(person.first_name.to_owned()),
        last_name: Some(person.last_name.to_owned()),
    };
    let memberships = |person: &'static Person| {
        person.memberships.iter().map(|membership| workos::Membership {
            id: membership.id.to_owned(),
            user_id: person.id.to_owned(),
            organization_id: membership.organization.id.to_owned(),
            role: membership.role.to_owned(),
            status: membership.status.at_workos(),
        })
    };
    Directory {
        organizations: ORGANIZATIONS.iter().map(organization).collect(),
        users: PEOPLE.iter().map(user).collect(),
        memberships: PEOPLE.iter().flat_map(memberships).collect(),
    }
}

/// Adds what is missing to a migrated database, as its owner.
pub async fn seed(owner: &mut Client) -> Result<(), Failure> {
    insert(owner).await.map_err(Failure::database("seed the database"))
}

async fn insert(owner: &mut Client) -> Result<(), tokio_postgres::Error> {
    let transaction = owner.transaction().await?;
    for organization in &ORGANIZATIONS {
        transaction
            .execute(
                "insert into organizations (workos_org_id, slug, name, type)
                 values ($1, $2, $3, $4)
                 on conflict do nothing",
                &[&organization.id, &organization.slug, &organization.name, &organization.kind],
            )
            .await?;
    }
    for person in &PEOPLE {
        transaction
            .execute(
                "insert into users (workos_user_id, email, email_verified, first_name, last_name)
                 values ($1, $2, true, $3, $4)
                 on conflict do nothing",
                &[&person.id, &person.email, &person.first_name, &person.last_name],
            )
            .await?;
        for membership in person.memberships {
            // A person or organization whom the developer's own data stood in the way of has no memberships either.
            transaction
                .execute(
                    "insert into user_org_memberships
                       (workos_user_id, org_id, workos_membership_id, role, status, joined_at)
                     select u.workos_user_id, o.id, $3, $4, $5, case when $5 <> 'invited' then now() end
                       from users u
                       join organizations o on o.workos_org_id = $2
                      where u.workos_user_id = $1
                     on conflict do nothing",
                    &[
                        &person.id,
                        &membership.organization.id,
                        &membership.id,
                        &membership.role,
                        &membership.status.in_postgres(),
                    ],
                )
                .await?;
        }
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::PEOPLE;

    #[test]
    fn every_role_is_there_in_both_organizations_and_every_id_is_its_own() {
        let memberships = || PEOPLE.iter().flat_map(|person| person.memberships);
        let ids: BTreeSet<&str> =
            PEOPLE.iter().map(|person| person.id).chain(memberships().map(|membership| membership.id)).collect();
        assert_eq!(ids.len(), PEOPLE.len() + memberships().count());
        for clinic in &super::CLINICS {
            let roles: BTreeSet<&str> = memberships()
                .filter(|membership| membership.organization.id == clinic.id)
                .map(|membership| membership.role)
                .collect();
            assert_eq!(roles, BTreeSet::from(["admin", "billing_admin", "member", "owner"]), "{}", clinic.name);
        }
    }
}
