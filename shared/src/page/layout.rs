//! The frame of a page: title, who is looking, where they can go.

use super::asset::{ICON, STYLESHEET};
use crate::permission::Permission;

/// The person that a page is made for.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The WorkOS user id; goes into every form.
    pub user_id: String,
    /// The current organization's WorkOS id; goes into every form.
    pub organization_id: String,
    /// The current organization's name.
    pub organization_name: String,
    /// Its time zone (IANA): on those clocks pages show times.
    pub time_zone: String,
    /// What to call the person: their name, or their e-mail address.
    pub name: String,
    /// What the session may do.
    pub permissions: Vec<Permission>,
}

impl Viewer {
    /// Whether the session may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Whether the events' page opens.
    pub fn may_read_events(&self) -> bool {
        self.may(Permission::EventsRead)
    }

    /// Whether the meetings' page opens.
    pub fn may_read_meetings(&self) -> bool {
        self.may(Permission::MeetingsRead)
    }

    /// Whether the records' page opens.
    pub fn may_read_records(&self) -> bool {
        self.may(Permission::RecordsRead)
    }

    /// Whether the audit log opens.
    pub fn may_read_audit(&self) -> bool {
        self.may(Permission::AuditRead)
    }

    /// Whether the exports of the audit log open.
    pub fn may_export_audit(&self) -> bool {
        self.may(Permission::AuditExport)
    }
}

/// The entries of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The dashboard.
    Dashboard,
    /// The events.
    Events,
    /// The meetings.
    Meetings,
    /// The records.
    Records,
    /// The audit log.
    Audit,
    /// None of them.
    Elsewhere,
}

/// What `base.html` needs.
pub struct Layout<'a> {
    /// The page's title, without the product's name.
    pub title: &'a str,
    /// Who is looking; without one, the frame has no navigation.
    pub viewer: Option<&'a Viewer>,
    /// Where in the navigation the page belongs.
    pub section: Section,
}

impl<'a> Layout<'a> {
    /// The frame of a page for somebody signed in.
    pub fn new(title: &'a str, section: Section, viewer: &'a Viewer) -> Self {
        Self { title, viewer: Some(viewer), section }
    }

    /// The frame of a page for anybody.
    pub fn public(title: &'a str) -> Self {
        Self { title, viewer: None, section: Section::Elsewhere }
    }

    /// The stylesheet's path.
    pub fn stylesheet(&self) -> String {
        STYLESHEET.path()
    }

    /// The icon's path.
    pub fn icon(&self) -> String {
        ICON.path()
    }

    /// Whether the page belongs to the dashboard.
    pub fn is_dashboard(&self) -> bool {
        self.section == Section::Dashboard
    }

    /// Whether the page belongs to the events.
    pub fn is_events(&self) -> bool {
        self.section == Section::Events
    }

    /// Whether the page belongs to the meetings.
    pub fn is_meetings(&self) -> bool {
        self.section == Section::Meetings
    }

    /// Whether the page belongs to the records.
    pub fn is_records(&self) -> bool {
        self.section == Section::Records
    }

    /// Whether the page belongs to the audit log.
    pub fn is_audit(&self) -> bool {
        self.section == Section::Audit
    }
}
