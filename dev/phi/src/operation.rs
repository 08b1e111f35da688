//! What is measured: reading one record, reading a meeting's, writing one; each as the function does it, and without
//! encryption, without the trail, without both.

use std::{error::Error, hint::black_box};

use eleva::{
    audit::{Action, Entry, Origin, Resource},
    clock::Entropy,
    phi::{OrganizationKeys, WrappedKey},
};
use serde::Serialize;
use tokio_postgres::{Row, types::Type};
use uuid::Uuid;

use crate::{
    connection::{Connection, Flight},
    patient::{INSERT, Patient, RECORDS, place},
    settings::Settings,
};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    Read,
    List,
    Write,
}

/// How it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Way {
    pub(crate) is_encrypted: bool,
    pub(crate) is_audited: bool,
}

impl Way {
    /// All of them; the last one is the product's.
    pub(crate) const ALL: [Self; 4] = [
        Self { is_encrypted: false, is_audited: false },
        Self { is_encrypted: true, is_audited: false },
        Self { is_encrypted: false, is_audited: true },
        Self { is_encrypted: true, is_audited: true },
    ];
}

const KEYS: &str = "
    select key_no, wrapped_key, wrapped_by, retired_at is not null as is_retired
    from org_keys
    where org_id = (select app.org_id())
    order by key_no";

macro_rules! page {
    ($condition:literal) => {
        concat!(
            "
    with page as materialized (
        select id, org_id, meeting_id, expert_id, version, encrypted_content, encrypted_metadata, created_at,
               last_modified_at
        from records
        where ",
            $condition,
            "
        order by created_at, id
        limit $12
    )"
        )
    };
}

const RECORDED: &str = "
    select page.*,
           app.audit_append($1, $2, page.id::text, $4, $5, $6,
                            coalesce($7, '{}') || jsonb_build_object('version', page.version), $8, $9, $10)
    from page";

const UNRECORDED: &str = "
    select page.*
    from page";

const ONE: &str = page!("id = $11");
const OF_A_MEETING: &str = page!("expert_id = (select app.user_id()) and meeting_id = $11");

const APPEND: &str = "select app.audit_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const MEETING: &str = "
    select org_id, workos_user_id, guest_email
    from meetings
    where id = $1";

/// Does it once.
pub(crate) async fn perform(
    operation: Operation,
    way: Way,
    connection: &Connection,
    settings: &Settings,
    patient: &Patient,
) -> Result<(), Box<dyn Error>> {
    match operation {
        Operation::Read => read(ONE, patient.record, 1, way, connection, settings).await,
        Operation::List => read(OF_A_MEETING, patient.read, RECORDS, way, connection, settings).await,
        Operation::Write => write(way, connection, settings, patient).await,
    }
}

async fn read(
    page: &str,
    id: Uuid,
    expected: usize,
    way: Way,
    connection: &Connection,
    settings: &Settings,
) -> Result<(), Box<dyn Error>> {
    let sql = format!("{page}{}", if way.is_audited { RECORDED } else { UNRECORDED });
    let viewed = Entry::new(Origin::default(), Action::MedicalRecordViewed, Resource::medical_record(id));
    let viewed = viewed.row();
    let mut parameters = viewed.parameters();
    parameters.extend([(&id as _, Type::UUID), (&(RECORDS as i64) as _, Type::INT8)]);
    let mut flight: Flight<'_> = vec![(&sql, parameters)];
    if way.is_encrypted {
        flight.push((KEYS, vec![]));
    }
    let answers = connection.whole(&flight).await?;
    let records = answers.first().ok_or("no answer")?;
    if records.len() != expected {
        return Err(format!("{} records instead of {expected}", records.len()).into());
    }
    let keys = answers.get(1).map(|rows| keys(settings, rows)).transpose()?;
    for record in records {
        let sealed: &[u8] = record.try_get("encrypted_content")?;
        match &keys {
            Some(keys) => {
                let place = place(settings, record.try_get("id")?, record.try_get("meeting_id")?);
                black_box(keys.open(&place, sealed)?);
            }
            None => {
                black_box(sealed.to_vec());
            }
        }
    }
    Ok(())
}

/// Three flights: the meeting, with the keys; the record; the trail, with COMMIT.
async fn write(
    way: Way,
    connection: &Connection,
    settings: &Settings,
    patient: &Patient,
) -> Result<(), Box<dyn Error>> {
    let mut opening: Flight<'_> = vec![(MEETING, vec![(&patient.written as _, Type::UUID)])];
    if way.is_encrypted {
        opening.push((KEYS, vec![]));
    }
    let answers = connection.open_with(&opening).await?;
    let meeting = answers.first().and_then(|rows| rows.first()).ok_or("no meeting")?;
    let guest_email: &str = meeting.try_get("guest_email")?;
    let id = Uuid::new_v4();
    let content = match answers.get(1) {
        Some(rows) => {
            let key = keys(settings, rows)?.into_current()?.ok_or("no key")?;
            key.seal(Entropy::default(), &place(settings, id, patient.written), &patient.content)?
        }
        None => patient.content.clone(),
    };
    let insert = vec![
        (&id as _, Type::UUID),
        (&patient.written as _, Type::UUID),
        (&guest_email as _, Type::TEXT),
        (&content as _, Type::BYTEA),
    ];
    connection.further(&vec![(INSERT, insert)]).await?;
    let created = Entry::new(Origin::default(), Action::MedicalRecordCreated, Resource::medical_record(id));
    let created = created.with("version", 1).with("content_sha256", "0".repeat(64));
    let row = created.row();
    let trail = if way.is_audited { vec![(APPEND, row.parameters())] } else { vec![] };
    connection.end_with(&trail).await
}

fn keys(settings: &Settings, rows: &[Row]) -> Result<OrganizationKeys, Box<dyn Error>> {
    let wrapped: Vec<WrappedKey> = rows.iter().map(WrappedKey::from_row).collect::<Result<_, _>>()?;
    Ok(OrganizationKeys::new(&settings.master_keys, settings.org_id, wrapped)?)
}
