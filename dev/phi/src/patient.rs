//! Meetings with records of one size: one whose records are read, and one that is written to.

use std::error::Error;

use eleva::{
    clock::Entropy,
    phi::{DataKey, Field, Place},
};
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{connection::Connection, settings::Settings};

/// How many records are read as a list.
pub(crate) const RECORDS: usize = 50;

/// Each at a time of its own, so that none overlaps another.
const MEETING: &str = "
    insert into meetings (id, org_id, event_id, workos_user_id, guest_email, guest_name, start_time, timezone)
    select $1, (select app.org_id()), $2, (select app.user_id()), 'guest@eleva.example', 'Guest',
           '2030-01-01 09:00+00'::timestamptz + count(*) * interval '1 day', 'UTC'
      from meetings";

/// What the function writes.
pub(crate) const INSERT: &str = "
    insert into records (id, org_id, meeting_id, expert_id, guest_email, encrypted_content)
    values ($1, (select app.org_id()), $2, (select app.user_id()), $3, $4)
    returning id, version, created_at, last_modified_at";

/// Two meetings of one guest.
pub(crate) struct Patient {
    /// [`RECORDS`] records are of this meeting.
    pub(crate) read: Uuid,
    /// One of them.
    pub(crate) record: Uuid,
    /// What is written is of this one.
    pub(crate) written: Uuid,
    /// What every record says.
    pub(crate) content: Vec<u8>,
}

impl Patient {
    /// Makes the meetings and the records, each of so many bytes.
    pub(crate) async fn admit(
        connection: &Connection,
        settings: &Settings,
        key: &DataKey,
        bytes: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let patient =
            Self { read: Uuid::new_v4(), record: Uuid::new_v4(), written: Uuid::new_v4(), content: vec![b'a'; bytes] };
        for meeting in [patient.read, patient.written] {
            let meeting = (MEETING, vec![(&meeting as _, Type::UUID), (&settings.event_id as _, Type::UUID)]);
            connection.whole(&vec![meeting]).await?;
        }
        for number in 0..RECORDS {
            let id = if number == 0 { patient.record } else { Uuid::new_v4() };
            let place = place(settings, id, patient.read);
            let sealed = key.seal(Entropy::default(), &place, &patient.content)?;
            let insert = (
                INSERT,
                vec![
                    (&id as _, Type::UUID),
                    (&patient.read as _, Type::UUID),
                    (&"guest@eleva.example" as _, Type::TEXT),
                    (&sealed as _, Type::BYTEA),
                ],
            );
            connection.whole(&vec![insert]).await?;
        }
        Ok(patient)
    }
}

/// The place of the first version of a record.
pub(crate) fn place(settings: &Settings, record_id: Uuid, meeting_id: Uuid) -> Place<'_> {
    Place {
        field: Field::RecordContent,
        org_id: settings.org_id,
        row_id: record_id,
        meeting_id,
        author: &settings.user_id,
        version: 1,
    }
}
