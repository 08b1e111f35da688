//! The people and organizations that a new world has: in Postgres, and at the WorkOS stand-in under the same ids.
//!
//! Seeding adds what is missing and changes nothing that is there, so that a developer's own changes stay.

use tokio_postgres::Client;

use crate::{
    failure::Failure,
    workos::{self, Directory, MembershipStatus},
};

/// A seeded organization, a clinic.
#[derive(Clone, Copy, Debug)]
pub struct Clinic {
    /// Its WorkOS id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its slug.
    pub slug: &'static str,
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

/// What a seeded person is in a clinic.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    /// The WorkOS membership id.
    pub id: &'static str,
    /// Where.
    pub clinic: Clinic,
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

const AURORA: Clinic = Clinic { id: "org_01SEEDAURORA", name: "Clínica Aurora", slug: "clinica-aurora" };
const NORTE: Clinic = Clinic { id: "org_01SEEDNORTE", name: "Centro Norte", slug: "centro-norte" };

/// The seeded organizations.
pub static CLINICS: [Clinic; 2] = [AURORA, NORTE];

/// The seeded people.
pub static PEOPLE: [Person; 11] = [
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
            clinic: AURORA,
            role: "member",
            status: Status::Suspended,
        }],
    },
    Person {
        id: "user_01SEEDINVITED",
        email: "invited@aurora.example",
        first_name: "Inês",
        last_name: "Faria",
        memberships: &[Membership { id: "om_01SEEDINVITED", clinic: AURORA, role: "member", status: Status::Invited }],
    },
];

const fn active(id: &'static str, clinic: Clinic, role: &'static str) -> Membership {
    Membership { id, clinic, role, status: Status::Active }
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
            format!("{} of {}{status}", membership.role, membership.clinic.name)
        });
        memberships.collect::<Vec<_>>().join(", ")
    }
}

/// The same for the WorkOS stand-in.
pub fn directory() -> Directory {
    let organization = |clinic: &Clinic| workos::Organization {
        id: clinic.id.to_owned(),
        name: clinic.name.to_owned(),
        external_id: None,
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
            organization_id: membership.clinic.id.to_owned(),
            role: membership.role.to_owned(),
            status: membership.status.at_workos(),
        })
    };
    Directory {
        organizations: CLINICS.iter().map(organization).collect(),
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
    for clinic in &CLINICS {
        transaction
            .execute(
                "insert into organizations (workos_org_id, slug, name, type)
                 values ($1, $2, $3, 'clinic')
                 on conflict do nothing",
                &[&clinic.id, &clinic.slug, &clinic.name],
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
            // A person or clinic whom the developer's own data stood in the way of has no memberships either.
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
                        &membership.clinic.id,
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
                .filter(|membership| membership.clinic.id == clinic.id)
                .map(|membership| membership.role)
                .collect();
            assert_eq!(roles, BTreeSet::from(["admin", "billing_admin", "member", "owner"]), "{}", clinic.name);
        }
    }
}
