//! What guests booked, hold and paid.

use crate::database::matrix::{
    rule::{BOOKKEEPERS, Rule},
    table::{Access, Insert, Move, NOTHING, Rows, Select, Table, Update},
};

pub(super) static TABLES: [Table; 3] = [
    Table {
        name: "slot_reservations",
        rows: Rows::Memberships,
        key: "id = {id}",
        key_column: "id",
        fixture: Some(
            "(id, org_id, event_id, workos_user_id, guest_email, start_time, end_time, expires_at)
             values ({id}, '{org}', {event}, '{user}', 'guest@eleva.example', '2027-01-01 09:00+00',
                     '2027-01-01 09:50+00', '2027-01-01 08:00+00')",
        ),
        moves: &[],
        authenticated: Access {
            select: Some(Select { columns: "*", rule: Rule::Own }),
            insert: Some(Insert {
                columns: "org_id event_id workos_user_id guest_email start_time end_time expires_at",
                row: "(org_id, event_id, workos_user_id, guest_email, start_time, end_time, expires_at)
                      values ('{org}', {event}, '{user}', 'guest@eleva.example', '2027-01-02 09:00+00',
                              '2027-01-02 09:50+00', '2027-01-02 08:00+00')",
                rule: Rule::Own,
                never: None,
            }),
            update: None,
            delete: Some(Rule::Own),
        },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
    Table {
        name: "meetings",
        rows: Rows::Memberships,
        key: "id = {id}",
        key_column: "id",
        fixture: Some(
            "(id, org_id, event_id, workos_user_id, guest_workos_user_id, guest_email, guest_name,
              encrypted_guest_notes, start_time, timezone)
             values ({id}, '{org}', {event}, '{user}', {guest}, 'guest@eleva.example', 'Guest',
                     sha256('notes') || sha256('notes'), timestamptz '2027-01-01 00:00+00' + interval '1 hour' * {n},
                     'Europe/Lisbon')",
        ),
        moves: &[Move::Organization("org_id = '{org}'"), Move::Person("workos_user_id = '{user}'")],
        authenticated: Access {
            select: Some(Select {
                columns: "id org_id event_id workos_user_id guest_workos_user_id guest_org_id guest_email guest_name \
                          start_time end_time timezone meeting_url status price currency stripe_payment_intent_id \
                          stripe_session_id stripe_payment_status stripe_amount stripe_application_fee_amount \
                          stripe_transfer_id stripe_transfer_amount stripe_transfer_status \
                          stripe_transfer_scheduled_at created_at updated_at",
                rule: Rule::PractitionersOrGuest,
            }),
            insert: Some(Insert {
                columns: "id org_id event_id workos_user_id guest_email guest_name encrypted_guest_notes start_time \
                          timezone meeting_url",
                row: "(org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone)
                      values ('{org}', {event}, '{user}', 'guest@eleva.example', 'Guest', '2027-02-01 09:00+00',
                              'Europe/Lisbon')",
                rule: Rule::PractitionersOrAdministrators,
                never: None,
            }),
            update: Some(Update {
                columns: "start_time meeting_url status",
                set: "status = 'completed'",
                rule: Rule::PractitionersOrAdministrators,
                never: None,
            }),
            ..NOTHING
        },
        anonymous: NOTHING,
        identity: Access {
            select: Some(Select { columns: "id guest_workos_user_id guest_org_id guest_email", rule: Rule::Everybody }),
            update: Some(Update {
                columns: "guest_workos_user_id guest_org_id",
                set: "guest_workos_user_id = 'user_01CASAGUEST'",
                rule: Rule::Unclaimed,
                never: None,
            }),
            ..NOTHING
        },
        exporter: NOTHING,
        definer: Access {
            select: Some(Select {
                columns: "id org_id workos_user_id guest_workos_user_id encrypted_guest_notes",
                rule: Rule::Everybody,
            }),
            ..NOTHING
        },
    },
    Table {
        name: "payment_transfers",
        rows: Rows::Memberships,
        key: "org_id = '{org}' and workos_user_id = '{user}'",
        key_column: "org_id",
        fixture: Some(
            "(org_id, workos_user_id, payment_intent_id, event_id, expert_connect_account_id, amount,
              session_start_time, scheduled_transfer_time)
             values ('{org}', '{user}', 'pi_{n}', {event}, 'acct_{n}', 5000, '2027-01-01 09:00+00',
                     '2027-01-02 09:00+00')",
        ),
        moves: &[],
        authenticated: Access { select: Some(Select { columns: "*", rule: Rule::Roles(BOOKKEEPERS) }), ..NOTHING },
        anonymous: NOTHING,
        identity: NOTHING,
        exporter: NOTHING,
        definer: NOTHING,
    },
];
