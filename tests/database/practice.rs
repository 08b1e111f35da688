//! An organization with sealed records, versions of them and guest notes, and those who read and write them.

use std::fmt::Write as _;

use dev::world::Login;
use eleva::{
    clock::Entropy,
    keyring::Keyring,
    phi::{DataKey, Field, MasterKeys, OrganizationKeys, Place, WrappedKey},
};
use sha2::{Digest as _, Sha256};
use tokio_postgres::{
    Client, Error,
    types::{ToSql, Type},
};
use uuid::Uuid;

use super::{
    clinics::{AURORA, AURORA_OWNER, Clinics},
    operator::Operator,
};
use crate::app::{BeginClaims, Begun, TestApp, world};

/// Whose records they are.
pub(super) const EXPERT: &str = AURORA_OWNER;

/// Aurora, with records.
pub(super) struct Practice {
    pub(super) app: TestApp,
    pub(super) owner: Client,
    pub(super) org_id: Uuid,
    pub(super) event_id: Uuid,
    /// In the order of their ids. Each has a first version, a second one, and a meeting with notes.
    pub(super) records: Vec<Uuid>,
}

/// An envelope, with what says where it belongs.
pub(super) struct Envelope {
    pub(super) table: String,
    pub(super) row_id: Uuid,
    version: i32,
    meeting_id: Uuid,
    author: String,
    field: Field,
    bytes: Vec<u8>,
}

const EVENT: &str = "
    select id
      from events
     where org_id = $1
       and workos_user_id = $2";

const NEW_KEY: &str = "
    insert into org_keys (org_id, key_no, wrapped_key, wrapped_by)
    values ($1, $2, $3, $4)";

const NEW_MEETING: &str = "
    insert into meetings (
      id, org_id, event_id, workos_user_id, guest_email, guest_name, encrypted_guest_notes, start_time, timezone,
      meeting_url
    )
    values ($1, $2, $3, $4, 'ana@guest.example', 'Ana Guest', $5, now() + $6::integer * interval '1 hour',
            'Europe/Lisbon', 'https://meet.example/ana')";

const NEW_RECORD: &str = "
    insert into records (
      id, org_id, meeting_id, expert_id, guest_email, encrypted_content, encrypted_metadata, version
    )
    values ($1, $2, $3, $4, 'ana@guest.example', $5, $6, 2)";

const NEW_VERSION: &str = "
    insert into record_versions (
      record_id, version, org_id, expert_id, encrypted_content, encrypted_metadata, last_modified_at
    )
    values ($1, 1, $2, $3, $4, $5, now())";

const ENVELOPES: &str = "
    select 'records' as source, id as row_id, version, meeting_id, expert_id as author, 'content' as field,
           encrypted_content as bytes
      from records
     where org_id = $1
     union all
    select 'records', id, version, meeting_id, expert_id, 'metadata', encrypted_metadata
      from records
     where org_id = $1 and encrypted_metadata is not null
     union all
    select 'record_versions', v.record_id, v.version, r.meeting_id, v.expert_id, 'content', v.encrypted_content
      from record_versions v
      join records r on r.id = v.record_id
     where v.org_id = $1
     union all
    select 'record_versions', v.record_id, v.version, r.meeting_id, v.expert_id, 'metadata', v.encrypted_metadata
      from record_versions v
      join records r on r.id = v.record_id
     where v.org_id = $1 and v.encrypted_metadata is not null
     union all
    select 'meetings', id, 0, id, workos_user_id, 'guest_notes', encrypted_guest_notes
      from meetings
     where org_id = $1 and encrypted_guest_notes is not null";

const KEYS: &str = "
    select key_no, wrapped_key, wrapped_by, retired_at is not null as is_retired
      from org_keys
     where org_id = $1
     order by key_no";

/// The ring of master keys that the product has.
pub(super) fn ring() -> &'static str {
    &world().secrets.encryption_keys
}

/// The master keys of a ring.
pub(super) fn master(ring: &str) -> MasterKeys {
    MasterKeys::new(&Keyring::parse(ring).expect("a ring"))
}

/// What is written in a place: something else everywhere.
fn text(place: &Place<'_>) -> String {
    format!("{} of {}, version {}", place.field.name(), place.row_id, place.version)
}

fn seal(key: &DataKey, place: &Place<'_>) -> Vec<u8> {
    key.seal(Entropy::default(), place, text(place).as_bytes()).expect("sealed")
}

/// The places of a record's content and metadata.
fn places(org_id: Uuid, record: Uuid, meeting_id: Uuid, version: i32) -> [Place<'static>; 2] {
    [Field::RecordContent, Field::RecordMetadata].map(|field| Place {
        field,
        org_id,
        row_id: record,
        meeting_id,
        author: EXPERT,
        version,
    })
}

impl Practice {
    /// One with so many records, sealed under a first key.
    pub(super) async fn with_records(count: usize) -> Self {
        let app = TestApp::start().await;
        let owner = app.owner().await;
        let org_id = Clinics::with_events(&app).await.aurora;
        let event_id = owner.query_one(EVENT, &[&org_id, &EXPERT]).await.expect("an event").get(0);
        let mut records: Vec<Uuid> = (0..count).map(|_| Uuid::new_v4()).collect();
        records.sort_unstable();
        let practice = Self { app, owner, org_id, event_id, records };
        let key = practice.add_key(&master(ring()), 1).await;
        for (number, record) in practice.records.iter().enumerate() {
            practice.fill(&key, *record, i32::try_from(number).expect("a few")).await;
        }
        practice
    }

    /// Gives the organization a data key.
    pub(super) async fn add_key(&self, master: &MasterKeys, key_no: i32) -> DataKey {
        let (key, wrapped) = master.generate(Entropy::default(), self.org_id, key_no).expect("a key");
        let WrappedKey { wrapped_key, wrapped_by, .. } = wrapped;
        self.owner.execute(NEW_KEY, &[&self.org_id, &key_no, &wrapped_key, &wrapped_by]).await.expect("stored");
        key
    }

    /// A meeting with notes, and its record.
    async fn fill(&self, key: &DataKey, record: Uuid, number: i32) {
        let (org_id, meeting_id) = (self.org_id, Uuid::new_v4());
        let notes = seal(key, &Place::guest_notes(org_id, meeting_id, EXPERT));
        self.owner
            .execute(NEW_MEETING, &[&meeting_id, &org_id, &self.event_id, &EXPERT, &notes, &number])
            .await
            .expect("a meeting");
        let [content, metadata] = places(org_id, record, meeting_id, 2).map(|place| seal(key, &place));
        self.owner
            .execute(NEW_RECORD, &[&record, &org_id, &meeting_id, &EXPERT, &content, &metadata])
            .await
            .expect("a record");
        let [content, metadata] = places(org_id, record, meeting_id, 1).map(|place| seal(key, &place));
        self.owner
            .execute(NEW_VERSION, &[&record, &org_id, &EXPERT, &content, &metadata])
            .await
            .expect("its first version");
    }

    /// `ops` with the owner's address and a ring of master keys.
    pub(super) fn operator(&self, arguments: &[&str]) -> Operator {
        Operator::new(arguments)
            .setting("DATABASE_URL_DIRECT", &world().owner_url(self.app.database()))
            .setting("ENCRYPTION_KEYS", ring())
    }

    /// The organization's keys as they are stored.
    pub(super) async fn keys(&self) -> Vec<WrappedKey> {
        let rows = self.owner.query(KEYS, &[&self.org_id]).await.expect("keys");
        rows.iter().map(|row| WrappedKey::from_row(row).expect("a key")).collect()
    }

    /// Everything that is sealed.
    pub(super) async fn envelopes(&self) -> Vec<Envelope> {
        let rows = self.owner.query(ENVELOPES, &[&self.org_id]).await.expect("envelopes");
        let envelope = |row: &tokio_postgres::Row| Envelope {
            table: row.get("source"),
            row_id: row.get("row_id"),
            version: row.get("version"),
            meeting_id: row.get("meeting_id"),
            author: row.get("author"),
            field: match row.get("field") {
                "content" => Field::RecordContent,
                "metadata" => Field::RecordMetadata,
                _ => Field::GuestNotes,
            },
            bytes: row.get("bytes"),
        };
        rows.iter().map(envelope).collect()
    }

    /// Asserts that everything opens with a ring and says what was written there, and gives the numbers of the keys.
    pub(super) async fn assert_readable(&self, ring: &str) -> Vec<i32> {
        let keys = OrganizationKeys::new(&master(ring), self.org_id, self.keys().await).expect("a master key");
        let mut numbers = Vec::new();
        for envelope in self.envelopes().await {
            let place = envelope.place(self.org_id);
            let opened = keys.open(&place, &envelope.bytes).unwrap_or_else(|error| panic!("{place:?}: {error}"));
            assert_eq!(opened.as_slice(), text(&place).as_bytes());
            numbers.push(envelope.key_no());
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// An author at work, on a connection of their own.
    pub(super) async fn author(&self) -> Author {
        Author { client: self.app.connect_as(Login::App).await, master: master(ring()) }
    }

    /// Asserts that the trail is what was written.
    pub(super) async fn assert_trail_in_order(&self) {
        self.operator(&["audit", "verify", "--database"]).succeed().await;
    }
}

impl Envelope {
    pub(super) fn place(&self, org_id: Uuid) -> Place<'_> {
        let Self { row_id, version, meeting_id, field, .. } = *self;
        Place { field, org_id, row_id, meeting_id, author: &self.author, version }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn key_no(&self) -> i32 {
        i32::from_be_bytes(self.bytes[1..5].try_into().expect("four bytes"))
    }

    pub(super) fn sha256(&self) -> String {
        Sha256::digest(&self.bytes).iter().fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").expect("a String takes it");
            digits
        })
    }
}

/// An author who reads and saves records as the product does: within a scope, the keys fetched after the rows.
pub(super) struct Author {
    client: Client,
    master: MasterKeys,
}

/// An author's transaction.
pub(super) struct Editing {
    pub(super) begun: Begun,
    master: MasterKeys,
}

const READ: &str = "
    select meeting_id, version, encrypted_content, encrypted_metadata
      from records
     where id = $1";

const SAVE: &str = "
    update records
       set encrypted_content = $1, encrypted_metadata = $2, version = version + 1
     where id = $3 and version = $4";

const RECORD: &str = "
    select app.audit_append($1, 'medical_record', $2, 'success', null, null, null, null, null, null)";

impl Author {
    /// Begins a transaction. Errors: what `app.begin` refuses.
    pub(super) async fn begin(self) -> Result<Editing, Error> {
        let begun = BeginClaims::new(EXPERT, AURORA).begin(self.client).await?;
        Ok(Editing { begun, master: self.master })
    }

    /// Reads a record, which opens and says what was written, and saves another version of it. Who comes in just before
    /// the organization is erased may find neither; then the trail refuses that anybody has seen it.
    pub(super) async fn read_and_save(self, record: Uuid) -> Result<Self, Error> {
        let editing = self.begin().await?;
        if let Some((meeting_id, version)) = editing.find(record).await?
            && let Some(key) = editing.find_key().await?
        {
            editing.save(&key, record, meeting_id, version).await?;
            return editing.end("MEDICAL_RECORD_UPDATED", record).await;
        }
        let seen = editing.end("MEDICAL_RECORD_VIEWED", record).await;
        Err(seen.err().expect("there are keys as long as the trail takes rows"))
    }
}

impl Editing {
    async fn keys(&self) -> Result<Vec<WrappedKey>, Error> {
        let rows = self.begun.client.query_typed(KEYS, &[(&self.begun.org_id, Type::UUID)]).await?;
        rows.iter().map(WrappedKey::from_row).collect()
    }

    /// The number of the server's process.
    pub(super) async fn backend(&self) -> i32 {
        let rows = self.begun.client.query_typed("select pg_backend_pid()", &[]).await.expect("its number");
        rows[0].get(0)
    }

    /// The meeting and the version of a record that opens.
    pub(super) async fn read(&self, record: Uuid) -> Result<(Uuid, i32), Error> {
        Ok(self.find(record).await?.expect("a record, and keys"))
    }

    /// The same, if the record is there and the organization has keys.
    async fn find(&self, record: Uuid) -> Result<Option<(Uuid, i32)>, Error> {
        let rows = self.begun.client.query_typed(READ, &[(&record, Type::UUID)]).await?;
        let (Some(row), keys) = (rows.first(), self.keys().await?) else { return Ok(None) };
        if keys.is_empty() {
            return Ok(None);
        }
        let (meeting_id, version) = (row.get("meeting_id"), row.get("version"));
        let keys = OrganizationKeys::new(&self.master, self.begun.org_id, keys).expect("a master key");
        let places = places(self.begun.org_id, record, meeting_id, version);
        for (place, column) in places.iter().zip(["encrypted_content", "encrypted_metadata"]) {
            let opened = keys.open(place, row.get(column)).unwrap_or_else(|error| panic!("{place:?}: {error}"));
            assert_eq!(opened.as_slice(), text(place).as_bytes());
        }
        Ok(Some((meeting_id, version)))
    }

    /// The key to write under.
    pub(super) async fn current_key(&self) -> Result<DataKey, Error> {
        Ok(self.find_key().await?.expect("there is one"))
    }

    async fn find_key(&self) -> Result<Option<DataKey>, Error> {
        let keys = OrganizationKeys::new(&self.master, self.begun.org_id, self.keys().await?).expect("a master key");
        Ok(keys.into_current().expect("it unwraps"))
    }

    /// Saves another version.
    pub(super) async fn save(&self, key: &DataKey, record: Uuid, meeting_id: Uuid, version: i32) -> Result<(), Error> {
        let places = places(self.begun.org_id, record, meeting_id, version + 1);
        let [content, metadata] = places.map(|place| seal(key, &place));
        let parameters: [(&(dyn ToSql + Sync), Type); 4] =
            [(&content, Type::BYTEA), (&metadata, Type::BYTEA), (&record, Type::UUID), (&version, Type::INT4)];
        let saved = self.begun.client.execute_typed(SAVE, &parameters).await?;
        assert_eq!(saved, 1, "nobody else saves this record");
        Ok(())
    }

    /// Records what was done, and commits.
    pub(super) async fn end(self, action: &str, record: Uuid) -> Result<Author, Error> {
        let Self { begun: Begun { client, .. }, master } = self;
        let id = record.to_string();
        client.query_typed(RECORD, &[(&action, Type::TEXT), (&id, Type::TEXT)]).await?;
        client.batch_execute("commit").await?;
        Ok(Author { client, master })
    }
}
