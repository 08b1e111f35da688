//! The experts whose events a page shows: the organization's members.

use eleva::members::{self, Member};

/// What to call the expert with this id: events outlast memberships.
pub(crate) fn name<'a>(members: &'a [Member], id: &str) -> &'a str {
    members::name(members, id).unwrap_or("Former member")
}
