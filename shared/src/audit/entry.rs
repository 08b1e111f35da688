//! What is to be written into the trail.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::{Map, Value};
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::{action::Action, resource::Resource};
use crate::http::Request;

/// The most characters of a user agent that are kept; the table's CHECK.
const LONGEST_USER_AGENT: usize = 500;

/// Where an action came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The address that the gateway saw.
    pub ip_address: Option<IpAddr>,
    /// What the client calls itself, cut and cleaned.
    pub user_agent: Option<String>,
    /// The id that reply and log share.
    pub request_id: Option<String>,
}

impl From<&Request> for Origin {
    /// The address is the one that the gateway saw, never a header's. What a client may choose is cut and cleaned
    /// rather than refused, so that no header loses a row.
    fn from(request: &Request) -> Self {
        let user_agent = request.header("user-agent").map(|text| {
            text.chars().filter(|character| !character.is_control()).take(LONGEST_USER_AGENT).collect::<String>()
        });
        Self {
            ip_address: request.source_ip().parse().ok(),
            user_agent,
            request_id: Some(request.id().chars().take(100).collect()),
        }
    }
}

/// How an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it was meant to.
    Success,
    /// Otherwise.
    Failure,
}

impl Outcome {
    /// The name in the trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// One row to be, as far as its writer tells it: who, where and when come from the database.
#[derive(Clone, Debug)]
pub struct Entry {
    action: Action,
    resource: Resource,
    outcome: Outcome,
    old_values: Option<Value>,
    new_values: Option<Value>,
    metadata: Map<String, Value>,
    origin: Origin,
    subject: Option<Subject>,
}

/// Whom a row is about that is written outside of an organization's scope.
#[derive(Clone, Debug)]
struct Subject {
    org_id: Uuid,
    workos_user_id: Option<String>,
    impersonator: Option<String>,
}

/// A statement's parameters with their types.
type Parameters<'a> = Vec<(&'a (dyn ToSql + Sync), Type)>;

const APPEND: &str = "select app.audit_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const SYSTEM: &str = "select app.audit_system($11, $12, $13, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

impl Entry {
    /// An action that succeeded.
    pub fn new(origin: impl Into<Origin>, action: Action, resource: Resource) -> Self {
        Self {
            action,
            resource,
            outcome: Outcome::Success,
            old_values: None,
            new_values: None,
            metadata: Map::new(),
            origin: origin.into(),
            subject: None,
        }
    }

    /// The same action, having failed.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.outcome = Outcome::Failure;
        self
    }

    /// What the resource was before: of its fields, those that the trail keeps
    /// ([`super::ResourceType::recorded_fields`]).
    #[must_use]
    pub fn before(mut self, resource: &impl Serialize) -> Self {
        self.old_values = self.recorded(resource).map(Value::Object);
        self
    }

    /// What the resource is now, in the same way.
    #[must_use]
    pub fn after(mut self, resource: &impl Serialize) -> Self {
        self.new_values = self.recorded(resource).map(Value::Object);
        self
    }

    /// What has changed: of the fields that the trail keeps and that both have, those that differ.
    #[must_use]
    pub fn changed(mut self, old: &impl Serialize, new: &impl Serialize) -> Self {
        let (Some(mut old), Some(mut new)) = (self.recorded(old), self.recorded(new)) else { return self };
        old.retain(|name, value| new.get(name).is_some_and(|new| new != value));
        new.retain(|name, _| old.contains_key(name));
        self.old_values = Some(Value::Object(old));
        self.new_values = Some(Value::Object(new));
        self
    }

    /// Something else that is worth knowing; nothing personal, and no health data.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.to_owned(), value.into());
        self
    }

    /// The organization (by the id in our database) whose trail it belongs to and the person (by their WorkOS id) who
    /// acted: for scopes that are not an organization's. Without a person, it was the system.
    #[must_use]
    pub fn about(mut self, org_id: Uuid, workos_user_id: Option<&str>, impersonator: Option<&str>) -> Self {
        self.subject = Some(Subject {
            org_id,
            workos_user_id: workos_user_id.map(str::to_owned),
            impersonator: impersonator.map(str::to_owned),
        });
        self
    }

    fn recorded(&self, resource: &impl Serialize) -> Option<Map<String, Value>> {
        let Ok(Value::Object(fields)) = serde_json::to_value(resource) else { return None };
        let kept = self.resource.kind.recorded_fields();
        let is_kept = |(name, value): &(String, Value)| {
            kept.contains(&name.as_str()) && !matches!(value, Value::Object(_) | Value::Array(_))
        };
        Some(fields.into_iter().filter(is_kept).collect())
    }

    /// The organization, of an entry that names one: several are written in the order of these.
    pub(crate) fn org_id(&self) -> Option<Uuid> {
        self.subject.as_ref().map(|subject| subject.org_id)
    }

    /// The row's columns as parameters: for a statement of the caller's own, too, which reads and records what it answers.
    pub fn row(&self) -> EntryRow<'_> {
        EntryRow {
            sql: if self.subject.is_some() { SYSTEM } else { APPEND },
            action: self.action.as_str(),
            resource_type: self.resource.kind.as_str(),
            outcome: self.outcome.as_str(),
            metadata: (!self.metadata.is_empty()).then(|| Value::Object(self.metadata.clone())),
            entry: self,
        }
    }
}

/// An entry as a statement takes it. One that reads rows and records each of them begins with these parameters, `$1` to
/// `$10`, and calls `app.audit_append` with them in their order: action, resource type, resource id, outcome, old values,
/// new values, metadata, address, user agent, request id. In place of the id it gives that of the row; parameters of its
/// own follow from `$11` on.
pub struct EntryRow<'a> {
    pub(crate) sql: &'static str,
    action: &'static str,
    resource_type: &'static str,
    outcome: &'static str,
    metadata: Option<Value>,
    entry: &'a Entry,
}

impl EntryRow<'_> {
    /// The parameters, `$1` to `$10` of an entry within an organization's scope.
    pub fn parameters(&self) -> Parameters<'_> {
        let Entry { resource, old_values, new_values, origin, subject, .. } = self.entry;
        let mut parameters: Parameters<'_> = vec![
            (&self.action, Type::TEXT),
            (&self.resource_type, Type::TEXT),
            (&resource.id, Type::TEXT),
            (&self.outcome, Type::TEXT),
            (old_values, Type::JSONB),
            (new_values, Type::JSONB),
            (&self.metadata, Type::JSONB),
            (&origin.ip_address, Type::INET),
            (&origin.user_agent, Type::TEXT),
            (&origin.request_id, Type::TEXT),
        ];
        if let Some(Subject { org_id, workos_user_id, impersonator }) = subject {
            parameters.extend::<[(&(dyn ToSql + Sync), Type); 3]>([
                (org_id, Type::UUID),
                (workos_user_id, Type::TEXT),
                (impersonator, Type::TEXT),
            ]);
        }
        parameters
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::{Entry, Origin};
    use crate::{
        audit::{Action, Resource, ResourceType},
        http::tests::request,
    };

    fn entry() -> Entry {
        Entry::new(Origin::default(), Action::EventUpdated, Resource::event(Uuid::nil()))
    }

    #[test]
    fn d8_only_listed_fields_are_kept_and_nothing_nested() {
        let event = json!({"name": "A", "description": "B", "price": {"secret": 1}, "notes": "C", "slug": ["d"]});
        assert_eq!(entry().after(&event).new_values, Some(json!({"name": "A"})));
        let listed = ResourceType::Event.recorded_fields();
        assert!(!listed.contains(&"description"), "free text");
        let record = Entry { resource: Resource { kind: ResourceType::MedicalRecord, id: None }, ..entry() };
        let content = json!({"content": "PHI", "metadata": {}, "version": 1, "guest_email": "x"});
        assert_eq!(record.before(&content).old_values, Some(json!({"version": 1})), "nothing of what a record says");
    }

    #[test]
    fn of_a_change_what_differs_is_kept() {
        let (old, new) = (json!({"name": "A", "price": 1, "slug": "a"}), json!({"name": "A", "price": 2, "slug": "b"}));
        let changed = entry().changed(&old, &new);
        assert_eq!(changed.old_values, Some(json!({"price": 1, "slug": "a"})));
        assert_eq!(changed.new_values, Some(json!({"price": 2, "slug": "b"})));
    }

    #[test]
    fn d9_whatever_a_client_sends_fits_the_row() {
        let headers: Value =
            json!({"user-agent": format!("a\u{0}\n{}", "é".repeat(10_000)), "x-forwarded-for": "6.6.6.6"});
        let origin = Origin::from(&request("GET", "/", headers, ""));
        assert_eq!(origin.user_agent.map(|text| (text.starts_with("aé"), text.chars().count())), Some((true, 500)));
        assert_eq!(origin.ip_address.map(|address| address.to_string()).as_deref(), Some("203.0.113.9"));
    }
}
