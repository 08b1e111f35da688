//! Guest notes: who gets them from the database, and that nobody gets them without a row of the trail (hardening B12, B13,
//! D2).

use dev::world::Login;
use serde_json::json;
use tokio_postgres::{Client, Error, types::Type};
use uuid::Uuid;

use super::{
    clinics::{AURORA, AURORA_MEMBER, AURORA_OWNER, BOTH, Clinics, NORTE, NORTE_OWNER},
    refusal,
};
use crate::app::{BeginClaims, TestApp};

/// The guest of both meetings, who is Norte's owner.
const GUEST: &str = NORTE_OWNER;

/// A meeting of an expert of Aurora's, whose notes are sealed under the organization's second key.
const MEETING: &str = "
    insert into meetings (org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone,
                          encrypted_guest_notes)
    select org_id, id, workos_user_id, 'guest@eleva.example', 'Guest', '2027-03-01 09:00+00', 'Europe/Lisbon',
           decode('0100000002', 'hex') || sha256('notes')
      from events where workos_user_id = $1 and org_id = $2
    returning id";

const KEYS: &str = "
    insert into org_keys (org_id, key_no, wrapped_key, wrapped_by)
    select o.id, number, sha256(convert_to(o.slug || number, 'UTF8')) || sha256('key'), 'k' || number
      from organizations o, generate_series(1, 2) number
     where o.workos_org_id in ('org_01SEEDAURORA', 'org_01SEEDNORTE')";

/// Two meetings of Aurora's experts: of the member, and of the one who is an administrator of Norte, too.
struct Meetings {
    aurora: Uuid,
    of_member: Uuid,
    of_both: Uuid,
}

impl Meetings {
    async fn booked(app: &TestApp) -> Self {
        let aurora = Clinics::with_events(app).await.aurora;
        let owner = app.owner().await;
        owner.batch_execute(KEYS).await.expect("keys");
        let mut ids = Vec::new();
        for expert in [AURORA_MEMBER, BOTH] {
            let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
                &[(&expert, Type::TEXT), (&aurora, Type::UUID)];
            ids.push(owner.query_typed_one(MEETING, parameters).await.expect("a meeting").get(0));
        }
        let link = format!("update meetings set guest_workos_user_id = '{GUEST}'");
        app.connect_as(Login::Identity).await.batch_execute(&link).await.expect("the guest is known");
        Self { aurora, of_member: ids[0], of_both: ids[1] }
    }
}

/// Asks for notes within the transaction that the client is in: the number of the key, and whether both came.
async fn notes(client: &Client, meeting: Uuid) -> Result<Vec<(Option<i32>, bool)>, Error> {
    let ask = "select key_no, wrapped_key is not null and encrypted_guest_notes is not null
                 from app.guest_notes($1, '203.0.113.9', 'a browser', 'request-1')";
    let rows = client.query_typed(ask, &[(&meeting, Type::UUID)]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The trail's rows about a meeting, oldest first.
async fn trail(app: &TestApp, meeting: Uuid) -> Vec<String> {
    let rows = "
        select concat_ws(' ', o.workos_org_id, a.action, a.workos_user_id, a.actor_type, a.outcome, host(a.ip_address),
                         a.user_agent, a.request_id, a.metadata::text)
          from audit_logs a
          join organizations o on o.id = a.org_id
         where a.resource_type = 'appointment' and a.resource_id = $1
         order by a.org_id, a.seq";
    let rows = app.owner().await.query_typed(rows, &[(&meeting.to_string(), Type::TEXT)]).await;
    rows.expect("the trail").iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn b12_b13_the_expert_and_the_guest_get_the_notes_and_nobody_else() {
    let app = TestApp::start().await;
    let meetings = Meetings::booked(&app).await;
    let mut expected_in_trail = Vec::new();
    for (user, organization, gets) in [
        (AURORA_MEMBER, AURORA, true),
        (GUEST, NORTE, true),
        (AURORA_OWNER, AURORA, false),
        ("user_01SEEDAURORAADMIN", AURORA, false),
        ("user_01SEEDAURORABILLINGADMIN", AURORA, false),
        (BOTH, AURORA, false),
        (BOTH, NORTE, false),
        ("user_01SEEDNORTEADMIN", NORTE, false),
    ] {
        let client = app.begin_as(user, organization).await.client;
        let expected = if gets { vec![(Some(2), true)] } else { vec![] };
        assert_eq!(notes(&client, meetings.of_member).await.expect("asked"), expected, "{user} in {organization}");
        assert_eq!(notes(&client, Uuid::nil()).await.expect("asked"), [], "of a meeting that there is not");
        client.batch_execute("commit").await.expect("its end");
        if gets {
            expected_in_trail.push(format!(
                "{AURORA} APPOINTMENT_VIEWED {user} user success 203.0.113.9 a browser request-1 \
                 {{\"fields\": [\"guest_notes\"]}}"
            ));
        }
    }
    let in_trail = trail(&app, meetings.of_member).await;
    assert_eq!(in_trail, expected_in_trail, "in the organization whose meeting it is, one row for each reading");
}

#[tokio::test]
async fn b13_an_expert_reads_notes_in_the_organization_of_the_meeting_and_while_they_practise_there() {
    let app = TestApp::start().await;
    let meetings = Meetings::booked(&app).await;
    let there = app.begin_as(BOTH, AURORA).await.client;
    assert_eq!(notes(&there, meetings.of_both).await.expect("asked").len(), 1);
    let elsewhere = app.begin_as(BOTH, NORTE).await.client;
    assert_eq!(notes(&elsewhere, meetings.of_both).await.expect("asked"), []);
    there.batch_execute("rollback").await.expect("its end");

    let bookkeeper = "update user_org_memberships set role = 'billing_admin' where workos_user_id = 'user_01SEEDBOTH'";
    app.owner().await.batch_execute(bookkeeper).await.expect("another role");
    let there = app.begin_as(BOTH, AURORA).await.client;
    assert_eq!(notes(&there, meetings.of_both).await.expect("asked"), []);
}

#[tokio::test]
async fn b13_nobody_reads_notes_in_anothers_name() {
    let app = TestApp::start().await;
    let meetings = Meetings::booked(&app).await;
    for (user, organization) in [(AURORA_MEMBER, AURORA), (GUEST, NORTE)] {
        let mut claims = BeginClaims::new(user, organization);
        claims.0["act"] = json!({"sub": "support@eleva.example"});
        let begun = claims.begin(app.connect_as(Login::App).await).await.expect("it begins");
        assert_eq!(notes(&begun.client, meetings.of_member).await.expect("asked"), [], "{user}");
    }
}

#[tokio::test]
async fn a_meeting_without_notes_and_notes_without_their_key_are_told_apart() {
    let app = TestApp::start().await;
    let meetings = Meetings::booked(&app).await;
    let owner = app.owner().await;
    let take_away = format!(
        "update meetings set encrypted_guest_notes = null where id = '{}';
         delete from org_keys where key_no = 2",
        meetings.of_both
    );
    owner.batch_execute(&take_away).await.expect("taken away");
    for (user, meeting, expected) in [(BOTH, meetings.of_both, vec![]), (AURORA_MEMBER, meetings.of_member, vec![1])] {
        let client = app.begin_as(user, AURORA).await.client;
        assert_eq!(notes(&client, meeting).await.expect("asked"), [(None, false)]);
        client.batch_execute("commit").await.expect("its end");
        assert_eq!(trail(&app, meeting).await.len(), expected.len(), "what is not there is not recorded");
    }
}

#[tokio::test]
async fn d2_notes_that_cannot_be_recorded_are_not_given() {
    let app = TestApp::start().await;
    let meetings = Meetings::booked(&app).await;
    app.owner().await.batch_execute("revoke insert on audit_logs from eleva_definer").await.expect("revoked");
    for (user, organization) in [(AURORA_MEMBER, AURORA), (GUEST, NORTE)] {
        let client = app.begin_as(user, organization).await.client;
        assert_eq!(refusal(notes(&client, meetings.of_member).await).as_deref(), Some("42501"), "{user}");
    }
}

#[tokio::test]
async fn e6_that_notes_did_not_open_is_recorded_where_the_meeting_is() {
    let app = TestApp::start().await;
    let meetings = Meetings::booked(&app).await;
    for (user, organization) in [(GUEST, NORTE), (AURORA_MEMBER, AURORA), (AURORA_OWNER, AURORA)] {
        let client = app.begin_as(user, organization).await.client;
        let report = "select app.report_guest_notes($1, $2, null, null, 'request-2')";
        client
            .query_typed(report, &[(&meetings.of_member, Type::UUID), (&"not_authentic", Type::TEXT)])
            .await
            .expect("it is reported, or nobody's business");
        client.batch_execute("commit").await.expect("its end");
    }
    let expected = [GUEST, AURORA_MEMBER].map(|user| {
        format!(
            "{AURORA} RECORD_UNDECRYPTABLE {user} user failure request-2 \
             {{\"field\": \"guest_notes\", \"reason\": \"not_authentic\"}}"
        )
    });
    assert_eq!(trail(&app, meetings.of_member).await, expected);
    let everywhere = "select count(*) from audit_logs where org_id <> $1 and resource_type = 'appointment'";
    let row = app.owner().await.query_typed_one(everywhere, &[(&meetings.aurora, Type::UUID)]).await;
    assert_eq!(row.expect("a count").get::<_, i64>(0), 0);
}
