//! What an action is done to.

use uuid::Uuid;

/// The type of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the type that `as_str` spells")]
pub enum ResourceType {
    MedicalRecord,
    Appointment,
    Payment,
    Prescription,
    HealthData,
    LabResult,
    Profile,
    Event,
    Schedule,
    Session,
    Organization,
    User,
    Subscription,
    Security,
    Compliance,
    AuditLog,
    EncryptionKey,
}

impl ResourceType {
    /// Every type.
    pub const ALL: [Self; 17] = [
        Self::MedicalRecord,
        Self::Appointment,
        Self::Payment,
        Self::Prescription,
        Self::HealthData,
        Self::LabResult,
        Self::Profile,
        Self::Event,
        Self::Schedule,
        Self::Session,
        Self::Organization,
        Self::User,
        Self::Subscription,
        Self::Security,
        Self::Compliance,
        Self::AuditLog,
        Self::EncryptionKey,
    ];

    /// The name in the trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MedicalRecord => "medical_record",
            Self::Appointment => "appointment",
            Self::Payment => "payment",
            Self::Prescription => "prescription",
            Self::HealthData => "health_data",
            Self::LabResult => "lab_result",
            Self::Profile => "profile",
            Self::Event => "event",
            Self::Schedule => "schedule",
            Self::Session => "session",
            Self::Organization => "organization",
            Self::User => "user",
            Self::Subscription => "subscription",
            Self::Security => "security",
            Self::Compliance => "compliance",
            Self::AuditLog => "audit_log",
            Self::EncryptionKey => "encryption_key",
        }
    }

    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The fields of such a resource whose values the trail keeps. Every other one is left out, so that a new column is
    /// not recorded until it is listed here; no field with health data, a person's name or address, or free text may
    /// be: nobody can take it out of the trail again.
    pub fn recorded_fields(self) -> &'static [&'static str] {
        match self {
            Self::Event => {
                &["workos_user_id", "name", "slug", "duration_in_minutes", "price", "currency", "is_active", "order"]
            }
            Self::Appointment => {
                &["event_id", "workos_user_id", "start_time", "end_time", "timezone", "status", "price", "currency"]
            }
            Self::MedicalRecord => &["meeting_id", "version"],
            Self::Organization => &["workos_org_id", "slug", "type", "timezone"],
            Self::User => &["role", "status"],
            _ => &[],
        }
    }
}

/// One resource: its type and, where one is meant, its id. An id is always one of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    pub(super) kind: ResourceType,
    pub(super) id: Option<String>,
}

impl Resource {
    /// A bookable event.
    pub fn event(id: Uuid) -> Self {
        Self { kind: ResourceType::Event, id: Some(id.to_string()) }
    }

    /// All events of the person who acts.
    pub fn own_events() -> Self {
        Self { kind: ResourceType::Event, id: None }
    }

    /// A meeting.
    pub fn appointment(id: Uuid) -> Self {
        Self { kind: ResourceType::Appointment, id: Some(id.to_string()) }
    }

    /// A medical record.
    pub fn medical_record(id: Uuid) -> Self {
        Self { kind: ResourceType::MedicalRecord, id: Some(id.to_string()) }
    }

    /// Medical records that a statement names one by one ([`super::EntryRow`]).
    pub fn medical_records() -> Self {
        Self { kind: ResourceType::MedicalRecord, id: None }
    }

    /// A data key of an organization, by its number there.
    pub fn encryption_key(org_id: Uuid, key_no: i32) -> Self {
        Self { kind: ResourceType::EncryptionKey, id: Some(format!("{org_id}/{key_no}")) }
    }

    /// An organization, by the id in our database.
    pub fn organization(id: Uuid) -> Self {
        Self { kind: ResourceType::Organization, id: Some(id.to_string()) }
    }

    /// A person, by their WorkOS id.
    pub fn user(workos_user_id: &str) -> Self {
        Self { kind: ResourceType::User, id: Some(workos_user_id.to_owned()) }
    }

    /// A session, by WorkOS's id of it.
    pub fn session(id: &str) -> Self {
        Self { kind: ResourceType::Session, id: Some(id.to_owned()) }
    }

    /// The audit trail of the organization.
    pub fn audit_log() -> Self {
        Self { kind: ResourceType::AuditLog, id: None }
    }

    /// An export of the trail.
    pub fn audit_export(id: Uuid) -> Self {
        Self { kind: ResourceType::AuditLog, id: Some(id.to_string()) }
    }

    /// The security of the organization as a whole.
    pub fn security() -> Self {
        Self { kind: ResourceType::Security, id: None }
    }

    /// A report about the trail.
    pub fn compliance() -> Self {
        Self { kind: ResourceType::Compliance, id: None }
    }
}
