//! Which rows of a table somebody reaches with a command.

use super::{
    stage::Row,
    who::{Person, Way},
};

/// The roles of a membership that do an organization's work, rather than its books.
pub(super) const PRACTITIONERS: &[&str] = &["owner", "admin", "member"];
pub(super) const ADMINISTRATORS: &[&str] = &["owner", "admin"];
pub(super) const BOOKKEEPERS: &[&str] = &["owner", "admin", "billing_admin"];

/// A rule. What people reach lies in the organization that they are in, unless the rule says otherwise.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// Every row, whoever asks.
    Everybody,
    /// The organization's.
    Members,
    /// The organization's, for members of these roles.
    Roles(&'static [&'static str]),
    /// One's own.
    Own,
    /// One's own, for members of these roles.
    OwnAs(&'static [&'static str]),
    /// One's own; for owners and administrators everybody's.
    OwnOrAdministrators,
    /// A practitioner's own; for owners and administrators everybody's.
    PractitionersOrAdministrators,
    /// The organization's for practitioners, and for anybody those of which they are the guest, in any organization.
    PractitionersOrGuest,
    /// Every organization in which one is an active member.
    OwnOrganizations,
    /// One's own in every organization.
    OwnEverywhere,
    /// Rows that are open to the public.
    Published,
    /// Every row that is not the platform's.
    Customers,
    /// Meetings that no guest has claimed.
    Unclaimed,
    /// Those of the organization that an exporter's transaction is about.
    Exported,
}

impl Rule {
    /// Whether the row is reached. `None` where only a context could tell, and there is none.
    pub(super) fn permits(self, way: &Way, row: &Row) -> Option<bool> {
        match (self, way) {
            (Self::Everybody, _) => Some(true),
            (Self::Published, _) => Some(row.is_published),
            (Self::Customers, _) => Some(row.org != "platform"),
            (Self::Unclaimed, _) => Some(row.guest.is_none()),
            (Self::Exported, Way::Exporting(org)) => Some(row.org == *org),
            (Self::Exported, _) => Some(false),
            (rule, Way::Begun(person)) => Some(rule.permits_person(*person, row)),
            _ => None,
        }
    }

    fn permits_person(self, person: Person, row: &Row) -> bool {
        let is_here = row.org == person.org;
        let is_own = row.user == person.user;
        let is_one_of = |roles: &[&str]| roles.contains(&person.role);
        match self {
            Self::Members => is_here,
            Self::Roles(roles) => is_here && is_one_of(roles),
            Self::Own => is_here && is_own,
            Self::OwnAs(roles) => is_here && is_own && is_one_of(roles),
            Self::OwnOrAdministrators => is_here && (is_own || is_one_of(ADMINISTRATORS)),
            Self::PractitionersOrAdministrators => {
                is_here && (is_own && is_one_of(PRACTITIONERS) || is_one_of(ADMINISTRATORS))
            }
            Self::PractitionersOrGuest => is_here && is_one_of(PRACTITIONERS) || row.guest == Some(person.user),
            Self::OwnOrganizations => row.members.contains(&person.user),
            Self::OwnEverywhere => is_own,
            Self::Everybody | Self::Published | Self::Customers | Self::Unclaimed | Self::Exported => {
                unreachable!("asks for no person")
            }
        }
    }
}
