//! What is erased, table by table.
//!
//! Rows that others refer to, or that have to be kept, lose what is personal; the rest goes. Addresses become ones of
//! the domain `invalid`, which nobody can have (RFC 2606).

/// What is done to a table. `$1` is the organization.
pub(super) struct Step {
    pub(super) table: &'static str,
    /// What became of the rows.
    pub(super) what: &'static str,
    pub(super) sql: &'static str,
}

/// A step that was taken.
pub(super) struct Done {
    pub(super) step: &'static Step,
    pub(super) rows: u64,
}

/// In their order: children before parents, and people while it can be told whether they are members elsewhere.
pub(super) static STEPS: [Step; 14] = [
    Step { table: "org_keys", what: "keys deleted", sql: "delete from org_keys where org_id = $1" },
    Step {
        table: "meetings",
        what: "rows without the guest's address, name and notes, and without the link to the call",
        sql: "
            update meetings
               set guest_email = 'erased@erased.invalid',
                   guest_name = 'erased',
                   encrypted_guest_notes = null,
                   meeting_url = null
             where org_id = $1",
    },
    Step {
        table: "records",
        what: "rows without the guest's address",
        sql: "
            update records
               set guest_email = 'erased@erased.invalid'
             where org_id = $1",
    },
    Step { table: "slot_reservations", what: "rows deleted", sql: "delete from slot_reservations where org_id = $1" },
    Step { table: "blocked_dates", what: "rows deleted", sql: "delete from blocked_dates where org_id = $1" },
    Step {
        table: "schedule_availabilities",
        what: "rows deleted",
        sql: "delete from schedule_availabilities where org_id = $1",
    },
    Step { table: "schedules", what: "rows deleted", sql: "delete from schedules where org_id = $1" },
    Step {
        table: "scheduling_settings",
        what: "rows deleted",
        sql: "delete from scheduling_settings where org_id = $1",
    },
    Step { table: "profiles", what: "rows deleted", sql: "delete from profiles where org_id = $1" },
    Step {
        table: "practitioner_agreements",
        what: "rows without address and metadata",
        sql: "
            update practitioner_agreements
               set ip_address = null,
                   metadata = null
             where org_id = $1",
    },
    Step {
        table: "events",
        what: "rows without description, and not offered any more",
        sql: "
            update events
               set description = null,
                   is_active = false
             where org_id = $1",
    },
    Step {
        table: "users",
        what: "people without address, name, picture, bank and proof of identity: they are members nowhere else",
        sql: "
            update users u
               set email = 'erased-' || u.id || '@erased.invalid',
                   email_verified = false,
                   first_name = null,
                   last_name = null,
                   image_url = null,
                   stripe_bank_account_last4 = null,
                   stripe_bank_name = null,
                   stripe_identity_verification_id = null,
                   stripe_identity_verified = false,
                   stripe_identity_verification_status = null,
                   stripe_identity_verification_last_checked = null,
                   welcome_email_sent_at = null,
                   onboarding_completed_at = null,
                   deleted_at = coalesce(u.deleted_at, now())
             where exists (
                     select
                       from user_org_memberships here
                      where here.workos_user_id = u.workos_user_id
                        and here.org_id = $1
                   )
               and not exists (
                     select
                       from user_org_memberships elsewhere
                       join organizations o on o.id = elsewhere.org_id
                      where elsewhere.workos_user_id = u.workos_user_id
                        and elsewhere.org_id <> $1
                        and elsewhere.status <> 'removed'
                        and o.deleted_at is null
                   )
               and not exists (
                     select
                       from user_org_memberships held
                       join legal_holds h on h.org_id = held.org_id
                      where held.workos_user_id = u.workos_user_id
                   )",
    },
    Step {
        table: "user_org_memberships",
        what: "memberships ended",
        sql: "
            update user_org_memberships
               set status = 'removed'
             where org_id = $1
               and status <> 'removed'",
    },
    // What WorkOS calls it stays, so that it is known there as one that was erased.
    Step {
        table: "organizations",
        what: "without slug and name, and closed",
        sql: "
            update organizations
               set slug = 'erased-' || id,
                   name = 'erased',
                   deleted_at = coalesce(deleted_at, now())
             where id = $1",
    },
];
