//! What is done to resources: the actions of the audit trail, the one source of their names, of their categories and of
//! who may write them. The database's CHECK and functions repeat the names; a test compares them.

/// Who writes an action into the trail, besides the operator, who may write every one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// `app.audit_append`, within an organization's scope.
    Scope,
    /// `app.audit_system` as `eleva_identity`.
    Identity,
    /// `app.audit_system` as `eleva_exporter`.
    Exporter,
    /// `app.audit_refusal`.
    Refusal,
}

/// What an action is about, for reports: every action has exactly one category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Medical records and other health data.
    Records,
    /// Bookings.
    Appointments,
    /// Payments.
    Payments,
    /// What is offered and by whom: events, schedules, profiles.
    Catalogue,
    /// Sessions, and going from one organization to another.
    Access,
    /// Organizations and their members.
    Organization,
    /// Refused access, alerts, encryption keys.
    Security,
    /// The trail itself, and what the law asks for.
    Compliance,
}

impl Category {
    /// Every category, in the order in which reports list them.
    pub const ALL: [Self; 8] = [
        Self::Records,
        Self::Appointments,
        Self::Payments,
        Self::Catalogue,
        Self::Access,
        Self::Organization,
        Self::Security,
        Self::Compliance,
    ];

    /// The name in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Appointments => "appointments",
            Self::Payments => "payments",
            Self::Catalogue => "catalogue",
            Self::Access => "access",
            Self::Organization => "organization",
            Self::Security => "security",
            Self::Compliance => "compliance",
        }
    }
}

macro_rules! actions {
    ($($variant:ident $name:literal $category:ident [$($writer:ident)*];)*) => {
        /// An action of the audit trail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant is the action that `as_str` spells")]
        pub enum Action {
            $($variant,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in the trail.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What it is about.
            pub fn category(self) -> Category {
                match self {
                    $(Self::$variant => Category::$category,)*
                }
            }

            /// Who writes it, besides the operator.
            pub fn writers(self) -> &'static [Writer] {
                match self {
                    $(Self::$variant => &[$(Writer::$writer,)*],)*
                }
            }
        }
    };
}

actions! {
    MedicalRecordCreated "MEDICAL_RECORD_CREATED" Records [Scope];
    MedicalRecordViewed "MEDICAL_RECORD_VIEWED" Records [Scope];
    MedicalRecordUpdated "MEDICAL_RECORD_UPDATED" Records [Scope];
    MedicalRecordDeleted "MEDICAL_RECORD_DELETED" Records [Scope];
    MedicalRecordsExported "MEDICAL_RECORDS_EXPORTED" Records [Scope];
    RecordUndecryptable "RECORD_UNDECRYPTABLE" Records [Scope];
    PrescriptionCreated "PRESCRIPTION_CREATED" Records [Scope];
    PrescriptionViewed "PRESCRIPTION_VIEWED" Records [Scope];
    PrescriptionUpdated "PRESCRIPTION_UPDATED" Records [Scope];
    PrescriptionCancelled "PRESCRIPTION_CANCELLED" Records [Scope];
    HealthDataAccessed "HEALTH_DATA_ACCESSED" Records [Scope];
    HealthDataExported "HEALTH_DATA_EXPORTED" Records [Scope];
    LabResultsViewed "LAB_RESULTS_VIEWED" Records [Scope];
    DiagnosisRecorded "DIAGNOSIS_RECORDED" Records [Scope];
    AppointmentCreated "APPOINTMENT_CREATED" Appointments [Scope];
    AppointmentViewed "APPOINTMENT_VIEWED" Appointments [Scope];
    AppointmentUpdated "APPOINTMENT_UPDATED" Appointments [Scope Identity];
    AppointmentCancelled "APPOINTMENT_CANCELLED" Appointments [Scope];
    AppointmentCompleted "APPOINTMENT_COMPLETED" Appointments [Scope];
    AppointmentNoShow "APPOINTMENT_NO_SHOW" Appointments [Scope];
    PaymentInitiated "PAYMENT_INITIATED" Payments [Scope];
    PaymentCompleted "PAYMENT_COMPLETED" Payments [Scope];
    PaymentFailed "PAYMENT_FAILED" Payments [Scope];
    PaymentRefunded "PAYMENT_REFUNDED" Payments [Scope];
    PaymentDisputed "PAYMENT_DISPUTED" Payments [Scope];
    ProfileCreated "PROFILE_CREATED" Catalogue [Scope];
    ProfileUpdated "PROFILE_UPDATED" Catalogue [Scope];
    ProfileViewed "PROFILE_VIEWED" Catalogue [Scope];
    ProfileDeleted "PROFILE_DELETED" Catalogue [Scope];
    EventCreated "EVENT_CREATED" Catalogue [Scope];
    EventUpdated "EVENT_UPDATED" Catalogue [Scope];
    EventDeleted "EVENT_DELETED" Catalogue [Scope];
    EventActivated "EVENT_ACTIVATED" Catalogue [Scope];
    EventDeactivated "EVENT_DEACTIVATED" Catalogue [Scope];
    EventReordered "EVENT_REORDERED" Catalogue [Scope];
    ScheduleUpdated "SCHEDULE_UPDATED" Catalogue [Scope];
    BlockedDateAdded "BLOCKED_DATE_ADDED" Catalogue [Scope];
    BlockedDateRemoved "BLOCKED_DATE_REMOVED" Catalogue [Scope];
    SessionSignedIn "SESSION_SIGNED_IN" Access [Identity];
    SessionSignedOut "SESSION_SIGNED_OUT" Access [Identity];
    SessionRevoked "SESSION_REVOKED" Access [Identity];
    OrganizationSwitched "ORGANIZATION_SWITCHED" Access [Identity];
    OrganizationCreated "ORGANIZATION_CREATED" Organization [Identity];
    OrgMemberInvited "ORG_MEMBER_INVITED" Organization [Scope Identity];
    OrgMemberAdded "ORG_MEMBER_ADDED" Organization [Identity];
    OrgMemberRoleChanged "ORG_MEMBER_ROLE_CHANGED" Organization [Identity];
    OrgMemberSuspended "ORG_MEMBER_SUSPENDED" Organization [Identity];
    OrgMemberRemoved "ORG_MEMBER_REMOVED" Organization [Identity];
    OrgSettingsUpdated "ORG_SETTINGS_UPDATED" Organization [Scope Identity];
    OrgSubscriptionChanged "ORG_SUBSCRIPTION_CHANGED" Organization [Scope];
    UnauthorizedAccessAttempt "UNAUTHORIZED_ACCESS_ATTEMPT" Security [Refusal];
    SuspiciousActivityDetected "SUSPICIOUS_ACTIVITY_DETECTED" Security [Exporter];
    DataBreachDetected "DATA_BREACH_DETECTED" Security [];
    SecurityAlertTriggered "SECURITY_ALERT_TRIGGERED" Security [];
    EncryptionKeyRotated "ENCRYPTION_KEY_ROTATED" Security [];
    PractitionerAgreementAccepted "PRACTITIONER_AGREEMENT_ACCEPTED" Compliance [Scope];
    AuditLogViewed "AUDIT_LOG_VIEWED" Compliance [Scope];
    AuditLogExported "AUDIT_LOG_EXPORTED" Compliance [Scope Exporter];
    AuditLogExportDownloaded "AUDIT_LOG_EXPORT_DOWNLOADED" Compliance [Scope];
    AuditRetentionApplied "AUDIT_RETENTION_APPLIED" Compliance [];
    ComplianceReportGenerated "COMPLIANCE_REPORT_GENERATED" Compliance [Scope];
    GdprDataRequest "GDPR_DATA_REQUEST" Compliance [Scope];
    GdprDataDeletion "GDPR_DATA_DELETION" Compliance [];
    LegacyImported "LEGACY_IMPORTED" Compliance [];
}

impl Action {
    /// The action of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == name)
    }

    /// The actions of a category.
    pub fn of(category: Category) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |action| action.category() == category)
    }
}
