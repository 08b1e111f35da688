//! What an erasure does to every table, and leaves.

use serde_json::Value;

use crate::database::practice::{Practice, ring};

/// Something personal in every table that may have it.
const PERSONAL: &str = "
    insert into slot_reservations (org_id, event_id, workos_user_id, guest_email, start_time, end_time, expires_at)
    select e.org_id, e.id, e.workos_user_id, 'ana@guest.example', now(), now() + interval '1 hour', now()
      from events e;
    insert into schedules (org_id, workos_user_id, timezone)
    select org_id, workos_user_id, 'Europe/Lisbon' from events;
    insert into schedule_availabilities (org_id, schedule_id, day_of_week, start_time, end_time)
    select org_id, id, 'monday', '09:00', '12:00' from schedules;
    insert into scheduling_settings (org_id, workos_user_id)
    select org_id, workos_user_id from events;
    insert into blocked_dates (org_id, workos_user_id, date, timezone, reason)
    select org_id, workos_user_id, '2027-01-01', 'Europe/Lisbon', 'Surgery' from events;
    insert into profiles (org_id, workos_user_id, first_name, last_name, published)
    select o.id, m.workos_user_id, 'Olívia', 'Moreira', true
      from organizations o
      join user_org_memberships m on m.org_id = o.id
     where (o.workos_org_id, m.workos_user_id)
             in (('org_01SEEDAURORA', 'user_01SEEDAURORAOWNER'), ('org_01SEEDNORTE', 'user_01SEEDNORTEOWNER'));
    insert into practitioner_agreements (org_id, workos_user_id, version, ip_address, metadata)
    select org_id, workos_user_id, '1', '203.0.113.9', '{\"browser\": \"x\"}' from events;
    insert into payment_transfers (
      org_id, workos_user_id, payment_intent_id, event_id, expert_connect_account_id, amount, session_start_time,
      scheduled_transfer_time
    )
    select org_id, workos_user_id, 'pi_' || id, id, 'acct_1', 5000, now(), now() from events;
    update events set description = 'Olívia sees you at home';
    update meetings set stripe_payment_intent_id = 'pi_' || id, stripe_amount = 5000;
    update users
       set stripe_bank_account_last4 = '1234', stripe_bank_name = 'Banco', stripe_identity_verification_id = 'vs_1',
           stripe_identity_verified = true, stripe_identity_verification_status = 'verified',
           stripe_identity_verification_last_checked = now(), image_url = 'https://pictures.example/1',
           stripe_customer_id = 'cus_' || workos_user_id";

/// What is personal in an organization, and of its people.
const LEFT: &str = "
    select (select count(*) from slot_reservations where org_id = $1)
           + (select count(*) from schedules where org_id = $1)
           + (select count(*) from schedule_availabilities where org_id = $1)
           + (select count(*) from scheduling_settings where org_id = $1)
           + (select count(*) from blocked_dates where org_id = $1)
           + (select count(*) from profiles where org_id = $1)
           + (select count(*) from practitioner_agreements p
               where p.org_id = $1 and (p.ip_address is not null or p.metadata is not null))
           + (select count(*) from events e where e.org_id = $1 and (e.description is not null or e.is_active))
           + (select count(*) from meetings m
               where m.org_id = $1
                 and (m.guest_email <> 'erased@erased.invalid' or m.guest_name <> 'erased' or m.meeting_url is not null
                      or m.encrypted_guest_notes is not null))
           + (select count(*) from records r where r.org_id = $1 and r.guest_email <> 'erased@erased.invalid')
           + (select count(*) from user_org_memberships u where u.org_id = $1 and u.status <> 'removed')
           + (select count(*) from organizations o where o.id = $1 and (o.name <> 'erased' or o.deleted_at is null))";

/// What must not be changed: the other organization's, the books, and what is sealed.
const KEPT: &str = "
    select md5(concat(
             (select string_agg(t::text, '' order by t.id) from payment_transfers t),
             (select string_agg(r.id::text || r.version || sha256(r.encrypted_content)::text, '' order by r.id)
                from records r),
             (select string_agg(v.record_id::text || sha256(v.encrypted_content)::text, '' order by v.record_id)
                from record_versions v),
             (select string_agg(concat(m.id, m.start_time, m.end_time, m.price, m.stripe_payment_intent_id,
                                       m.stripe_amount), '' order by m.id)
                from meetings m),
             (select string_agg(concat(s::text), '' order by s.id) from schedules s where s.org_id <> $1),
             (select string_agg(concat(s::text), '' order by s.id) from profiles s where s.org_id <> $1),
             (select string_agg(concat(s::text), '' order by s.id) from slot_reservations s where s.org_id <> $1),
             (select string_agg(concat(s::text), '' order by s.id) from blocked_dates s where s.org_id <> $1),
             (select string_agg(concat(s::text), '' order by s.id) from practitioner_agreements s where s.org_id <> $1),
             (select string_agg(concat(s::text), '' order by s.id) from events s where s.org_id <> $1),
             (select string_agg(concat(s::text), '' order by s.id) from user_org_memberships s where s.org_id <> $1)
           ))";

/// Whose row has nothing personal, and whose has an address.
const PEOPLE: &str = "
    select coalesce(string_agg(workos_user_id, ' ' order by workos_user_id) filter (
             where email = 'erased-' || id || '@erased.invalid' and not email_verified and first_name is null
               and last_name is null and image_url is null and stripe_bank_account_last4 is null
               and stripe_bank_name is null and stripe_identity_verification_id is null and not stripe_identity_verified
               and stripe_identity_verification_status is null and stripe_identity_verification_last_checked is null
               and deleted_at is not null and stripe_customer_id is not null
           ), '') as blank,
           coalesce(string_agg(workos_user_id, ' ' order by workos_user_id) filter (
             where first_name is not null and stripe_bank_name is not null and deleted_at is null
               and email not like '%.invalid'
           ), '') as whole
      from users";

#[tokio::test]
async fn c12_erasure_leaves_phi_unreadable_and_the_trail_intact() {
    let practice = Practice::with_records(3).await;
    practice.owner.batch_execute(PERSONAL).await.unwrap_or_else(|error| panic!("{error:?}"));
    practice.operator(&["keys", "rotate", "--all"]).succeed().await;
    practice.assert_readable(ring()).await;
    let wrapped: Vec<Vec<u8>> = practice.keys().await.into_iter().map(|key| key.wrapped_key).collect();
    let org_id = practice.org_id;
    let kept: String = practice.owner.query_one(KEPT, &[&org_id]).await.expect("a hash").get(0);
    assert!(practice.owner.query_one(LEFT, &[&org_id]).await.expect("a count").get::<_, i64>(0) > 20);
    let trail = practice.count("select count(*) from audit_logs").await;

    let report = practice.erase().succeed().await;
    assert!(report.out.contains(&format!("erased: {org_id} (clinica-aurora)\norg_keys: 2 keys deleted\n")), "{report}");
    assert!(report.out.contains("remains: 3 records and 3 earlier versions, which no key opens"), "{report}");
    assert!(report.out.contains("remains: 3 meetings with their times and payments, and 3 transfers"), "{report}");
    assert!(report.out.contains("docs/phi-operations.md"), "{report}");
    for personal in ["Olívia", "Moreira", "@aurora.example", "@guest.example", "Ana"] {
        assert!(!report.to_string().contains(personal), "{report}");
    }

    practice.assert_unreadable().await;
    for key in wrapped {
        let sql = "select count(*) from org_keys where wrapped_key = $1";
        let left: i64 = practice.owner.query_one(sql, &[&key]).await.expect("a count").get(0);
        assert_eq!(left, 0, "the wrapped key is gone");
    }
    assert_eq!(practice.owner.query_one(LEFT, &[&org_id]).await.expect("a count").get::<_, i64>(0), 0);
    assert_eq!(practice.owner.query_one(KEPT, &[&org_id]).await.expect("a hash").get::<_, String>(0), kept);
    let organization = "
        select slug = 'erased-' || id, workos_org_id
          from organizations
         where id = $1";
    let organization = practice.owner.query_one(organization, &[&org_id]).await.expect("the organization");
    assert_eq!((organization.get(0), organization.get(1)), (true, Some("org_01SEEDAURORA")));

    // Members of this one alone, however they are members; who is one of another organization stays.
    let people = practice.owner.query_one(PEOPLE, &[]).await.expect("people");
    let (blank, whole): (&str, &str) = (people.get("blank"), people.get("whole"));
    for name in ["AURORAOWNER", "AURORAADMIN", "AURORAMEMBER", "AURORABILLINGADMIN", "SUSPENDED", "INVITED"] {
        assert!(blank.contains(&format!("user_01SEED{name}")), "{name}: {blank}");
    }
    for name in ["BOTH", "NORTEOWNER", "NORTEADMIN", "NORTEMEMBER"] {
        assert!(whole.contains(&format!("user_01SEED{name}")), "{name}: {whole}");
    }

    // The trail: that it was closed, and a row that says how much and nothing of whom.
    practice.assert_trail_in_order().await;
    assert_eq!(practice.count("select count(*) from audit_logs").await, trail + 2);
    let told = "
        select metadata
          from audit_logs
         where org_id = $1 and action = 'GDPR_DATA_DELETION' and actor_type = 'operator' and outcome = 'success'
           and resource_type = 'organization' and resource_id = org_id::text";
    let told: Value = practice.owner.query_one(told, &[&org_id]).await.expect("one row").get(0);
    let tables = &told["tables"];
    for (table, rows) in [
        ("org_keys", 2),
        ("meetings", 3),
        ("records", 3),
        ("slot_reservations", 3),
        ("schedules", 3),
        ("profiles", 1),
        ("organizations", 1),
    ] {
        assert_eq!(tables[table], rows, "{table}: {told}");
    }
    assert_eq!(tables.as_object().map(serde_json::Map::len), Some(14), "{told}");
    assert!(tables.as_object().into_iter().flatten().all(|(_, rows)| rows.is_u64()), "numbers alone: {told}");
}

#[tokio::test]
async fn c12_people_whose_membership_had_ended_are_erased_with_the_others() {
    let practice = Practice::with_records(1).await;
    // As when WorkOS ends memberships before the organization is erased.
    let ended = "update user_org_memberships set status = 'removed' where workos_user_id = 'user_01SEEDAURORAADMIN'";
    practice.owner.batch_execute(ended).await.expect("ended");
    practice.erase().succeed().await;
    let blank = "
        select count(*) from users
         where workos_user_id = 'user_01SEEDAURORAADMIN' and deleted_at is not null and first_name is null
           and email = 'erased-' || id || '@erased.invalid'";
    assert_eq!(practice.count(blank).await, 1);
}

#[tokio::test]
async fn c12_no_organization_takes_the_slug_of_an_erased_one() {
    let practice = Practice::with_records(1).await;
    let owner = practice.app.begin_as("user_01SEEDAURORAOWNER", "org_01SEEDAURORA").await.client;
    let take = format!(
        "update organizations set slug = 'erased-{}' where workos_org_id = 'org_01SEEDAURORA'",
        practice.org_id
    );
    assert_eq!(crate::database::refusal(owner.batch_execute(&take).await).as_deref(), Some("23514"));
}

#[tokio::test]
async fn c12_what_was_erased_is_not_erased_again() {
    let practice = Practice::with_records(1).await;
    practice.erase().succeed().await;
    let everything = "select md5(string_agg(l::text, '' order by l.seq)) from audit_logs l";
    let before: String = practice.owner.query_one(everything, &[]).await.expect("a hash").get(0);
    for name in ["org_01SEEDAURORA", &practice.org_id.to_string(), &format!("erased-{}", practice.org_id)] {
        let again = practice.operator(&["erase-organization", name, "--confirm", "clinica-aurora"]);
        let report = again.succeed().await;
        assert!(report.out.contains("was erased already, at 20"), "{report}");
    }
    assert_eq!(practice.owner.query_one(everything, &[]).await.expect("a hash").get::<_, String>(0), before);
}

#[tokio::test]
async fn c12_what_workos_still_says_of_an_erased_organization_changes_nothing() {
    let practice = Practice::with_records(1).await;
    practice.erase().succeed().await;
    let identity = practice.app.connect_as(dev::world::Login::Identity).await;
    let upsert = "
        insert into organizations (workos_org_id, slug, name, type)
        values ('org_01SEEDAURORA', 'clinica-aurora', 'Clínica Aurora', 'clinic')
        on conflict (workos_org_id) do update set name = excluded.name, deleted_at = null";
    identity.batch_execute(upsert).await.expect("what a sign-in does");
    let sql = "
        select count(*)
          from organizations
         where workos_org_id = 'org_01SEEDAURORA' and name = 'erased' and deleted_at is not null";
    assert_eq!(practice.count(sql).await, 1);
}
