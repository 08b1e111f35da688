//! What the trail says of records, and that nothing happens without it (hardening D2, D8, E9).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{AURORA, OWNER, OWNER_ID, change, meeting, path, records_of, write_with};
use crate::{
    app::TestApp,
    trail::{Row, rows, rows_since},
};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hashes of what is stored: of the content, and of the metadata if there is any.
async fn stored_hashes(app: &TestApp) -> (String, Option<String>) {
    let stored = "select encrypted_content, encrypted_metadata from records";
    let row = app.owner().await.query_one(stored, &[]).await.expect("one record");
    let metadata: Option<Vec<u8>> = row.get(1);
    (sha256(row.get(0)), metadata.map(|metadata| sha256(&metadata)))
}

fn assert_by_author(row: &Row, action: &str, record: &Value) {
    assert_eq!((row.action.as_str(), row.resource_type.as_str()), (action, "medical_record"));
    assert_eq!(row.resource_id.as_deref(), record["id"].as_str());
    assert_eq!((row.workos_user_id.as_deref(), row.workos_org_id.as_deref()), (Some(OWNER_ID), Some(AURORA)));
    assert_eq!((row.outcome.as_str(), row.actor_type.as_str()), ("success", "user"));
    assert!(row.request_id.is_some() && row.ip_address.is_some() && row.user_agent.is_some(), "{row:?}");
}

#[tokio::test]
async fn d8_e9_writing_is_recorded_by_the_hash_of_what_is_stored_and_reading_by_its_version() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    let before = rows(&app).await.len();
    let record = write_with(&client, meeting, "Segredo um", &json!({"tag": "segredo"})).await;
    let first = stored_hashes(&app).await;
    client.get_json(&path(&record)).await;
    client.put(&path(&record), &change("Segredo dois", 1)).await;
    let second = stored_hashes(&app).await;
    client.get_json(&records_of(meeting)).await;
    let trail = rows_since(&app, before).await;
    let [created, viewed, updated, listed] = trail.as_slice() else { panic!("{trail:#?}") };
    assert_by_author(created, "MEDICAL_RECORD_CREATED", &record);
    let metadata = json!({"version": 1, "content_sha256": first.0, "metadata_sha256": first.1.expect("metadata")});
    assert_eq!((&created.metadata, &created.old_values), (&Some(metadata), &None));
    assert_eq!(created.new_values, Some(json!({"meeting_id": meeting, "version": 1})));
    assert_by_author(viewed, "MEDICAL_RECORD_VIEWED", &record);
    assert_eq!(viewed.metadata, Some(json!({"version": 1})));
    assert_by_author(updated, "MEDICAL_RECORD_UPDATED", &record);
    assert_eq!(updated.metadata, Some(json!({"version": 2, "content_sha256": second.0})));
    assert_by_author(listed, "MEDICAL_RECORD_VIEWED", &record);
    assert_eq!(listed.metadata, Some(json!({"version": 2})));
    let said = format!("{trail:?}").to_lowercase();
    assert!(!said.contains("segredo") && !said.contains("rita"), "{said}");
}

/// Where the trail cannot be written: who may, where to, and whether there is room.
const FAULTS: [(&str, u16); 4] = [
    (
        "revoke execute on function
           app.audit_append(text, text, text, text, jsonb, jsonb, jsonb, inet, text, text) from authenticated",
        500,
    ),
    ("revoke insert on audit_logs from eleva_definer", 500),
    (
        "create function full_disk() returns trigger language plpgsql
         as $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
         create trigger full_disk before insert on audit_logs for each row execute function full_disk()",
        503,
    ),
    (
        // The last row of several that one statement writes.
        "create function full_disk() returns trigger language plpgsql
         as $$ begin
           if (select count(*) from public.audit_logs where action = 'MEDICAL_RECORD_VIEWED') % 2 = 1 then
             raise exception 'no space left on device' using errcode = 'disk_full';
           end if;
           return new;
         end $$;
         alter function full_disk() security definer;
         create trigger full_disk before insert on audit_logs for each row
           when (new.action = 'MEDICAL_RECORD_VIEWED') execute function full_disk();
         insert into records (org_id, meeting_id, expert_id, guest_email, encrypted_content)
         select org_id, meeting_id, expert_id, guest_email, encrypted_content from records",
        503,
    ),
];

#[tokio::test]
async fn d2_what_cannot_be_recorded_is_neither_shown_nor_stored() {
    for (index, (fault, status)) in FAULTS.into_iter().enumerate() {
        let app = TestApp::start().await;
        let client = app.client_of(OWNER).await;
        let meeting = meeting(&app, OWNER_ID, AURORA).await;
        let record = write_with(&client, meeting, "Segredo.", &json!({"tag": "Segredo"})).await;
        let superuser = crate::app::connect_directly(&crate::app::world().superuser_url(app.database())).await;
        superuser.batch_execute(fault).await.unwrap_or_else(|error| panic!("{error:?}: {fault}"));
        let is_of_lists = index + 1 == FAULTS.len();
        let mut targets = vec![records_of(meeting)];
        if !is_of_lists {
            targets.extend([path(&record), format!("{}/versions/1", path(&record))]);
        }
        for target in targets {
            for accept in ["application/json", "text/html"] {
                let answer = client.send(client.call("GET", &target).header("accept", accept)).await;
                assert_eq!(answer.status(), status, "{target}: {fault}: {answer:?}");
                assert!(!answer.text().contains("Segredo"), "{target}: {fault}: {answer:?}");
            }
        }
        if !is_of_lists {
            let written = client.post(&records_of(meeting), &json!({"content": "Outro"})).await;
            let changed = client.put(&path(&record), &change("Outro", 1)).await;
            assert_eq!((written.status(), changed.status()), (status, status), "{fault}");
            let count =
                "select (select count(*) from records where version = 1), (select count(*) from record_versions)";
            let row = superuser.query_one(count, &[]).await.expect("counts");
            assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 0), "{fault}");
        }
    }
}

#[tokio::test]
async fn d2_what_does_not_open_and_cannot_be_recorded_hides_the_others_too() {
    let app = TestApp::start().await;
    let client = app.client_of(OWNER).await;
    let meeting = meeting(&app, OWNER_ID, AURORA).await;
    write_with(&client, meeting, "Segredo.", &Value::Null).await;
    let broken = write_with(&client, meeting, "Partido.", &Value::Null).await;
    let superuser = crate::app::connect_directly(&crate::app::world().superuser_url(app.database())).await;
    let fault = format!(
        "update records set encrypted_content = sha256('x') where id = '{}';
         create function full_disk() returns trigger language plpgsql
         as $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
         create trigger full_disk before insert on audit_logs for each row
           when (new.action = 'RECORD_UNDECRYPTABLE') execute function full_disk()",
        broken["id"].as_str().expect("an id")
    );
    superuser.batch_execute(&fault).await.expect("the fault");
    for target in [records_of(meeting), path(&broken)] {
        let answer = client.get(&target).await;
        assert_eq!(answer.problem(), (503, "unavailable".to_owned()), "{target}");
        assert!(!answer.text().contains("Segredo"), "{answer:?}");
    }
}
