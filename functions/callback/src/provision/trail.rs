//! What provisioning changed, as the audit trail tells it.

use eleva::{
    audit::{Action, Entry, Resource},
    database::{Error, Transaction},
    http::Request,
    workos::User,
};
use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

/// Whose sign-in changes something.
pub(super) struct Trail<'a> {
    pub(super) request: &'a Request,
    pub(super) user: &'a User,
    /// Whether the organization is the person's own: then it was they who made it. What WorkOS states of another one,
    /// somebody did there whom we do not know.
    pub(super) is_personal: bool,
}

impl Trail<'_> {
    /// Records what an upsert did to an organization. Gives its id.
    pub(super) fn organization(&self, transaction: &mut Transaction<'_>, row: &Row) -> Result<Uuid, Error> {
        let org_id: Uuid = row.try_get("id")?;
        let (name, old_name): (&str, Option<&str>) = (row.try_get("name")?, row.try_get("old_name")?);
        let resource = Resource::organization(org_id);
        if row.try_get("is_new")? {
            let (slug, kind): (&str, &str) = (row.try_get("slug")?, row.try_get("type")?);
            let created = Entry::new(self.request, Action::OrganizationCreated, resource);
            let created = created.after(&json!({"slug": slug, "type": kind}));
            transaction.audit(created.about(org_id, self.actor(), None));
        } else if old_name.is_some_and(|old_name| old_name != name) {
            // A person's own organization is called after them, and the trail cannot forget a name.
            let renamed = Entry::new(self.request, Action::OrgSettingsUpdated, resource).with("fields", ["name"]);
            transaction.audit(renamed.about(org_id, self.actor(), None));
        }
        Ok(org_id)
    }

    /// Records what a statement did to the person's membership in it; `row` is what it returned, none where it did
    /// nothing.
    pub(super) fn membership(
        &self,
        transaction: &mut Transaction<'_>,
        org_id: Uuid,
        row: Option<&Row>,
    ) -> Result<(), Error> {
        let Some(row) = row else { return Ok(()) };
        let (role, status): (&str, &str) = (row.try_get("role")?, row.try_get("status")?);
        let (old_role, old_status): (Option<&str>, Option<&str>) =
            (row.try_get("old_role")?, row.try_get("old_status")?);
        let is_new: bool = row.try_get("is_new")?;
        let Some(action) = action(is_new, (old_role, old_status), (role, status)) else { return Ok(()) };
        let entry = Entry::new(self.request, action, Resource::user(&self.user.id));
        let now = json!({"role": role, "status": status});
        let entry = match is_new {
            true => entry.after(&now),
            false => entry.changed(&json!({"role": old_role, "status": old_status}), &now),
        };
        transaction.audit(entry.about(org_id, self.actor(), None));
        Ok(())
    }

    fn actor(&self) -> Option<&str> {
        self.is_personal.then_some(&self.user.id)
    }
}

/// The action that brings a membership from one role and status to another; none when nothing changed, or when somebody
/// beside us changed it first.
fn action(is_new: bool, old: (Option<&str>, Option<&str>), new: (&str, &str)) -> Option<Action> {
    let ((old_role, old_status), (role, status)) = (old, new);
    if !is_new && (old_status.is_none() || old_status == Some(status)) {
        return old_role.filter(|old_role| *old_role != role).map(|_| Action::OrgMemberRoleChanged);
    }
    match status {
        "active" => Some(Action::OrgMemberAdded),
        "invited" => Some(Action::OrgMemberInvited),
        "suspended" => Some(Action::OrgMemberSuspended),
        "removed" => Some(Action::OrgMemberRemoved),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use eleva::audit::Action;

    use super::action;

    #[test]
    fn a_membership_that_comes_changes_or_goes_has_an_action_and_one_that_stays_has_none() {
        let of = |is_new, old_role, old_status, role, status| action(is_new, (old_role, old_status), (role, status));
        assert_eq!(of(true, None, None, "member", "active"), Some(Action::OrgMemberAdded));
        assert_eq!(of(true, None, None, "member", "invited"), Some(Action::OrgMemberInvited));
        let member = Some("member");
        assert_eq!(of(false, member, Some("active"), "member", "active"), None);
        assert_eq!(of(false, member, Some("active"), "admin", "active"), Some(Action::OrgMemberRoleChanged));
        assert_eq!(of(false, member, Some("invited"), "admin", "active"), Some(Action::OrgMemberAdded));
        assert_eq!(of(false, member, Some("active"), "member", "suspended"), Some(Action::OrgMemberSuspended));
        assert_eq!(of(false, member, Some("active"), "member", "removed"), Some(Action::OrgMemberRemoved));
        assert_eq!(of(false, None, None, "member", "active"), None, "made by somebody beside us");
    }
}
