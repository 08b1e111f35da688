//! Where envelopes lie, and how they are read and replaced there.

use std::fmt;

use eleva::{
    audit::ResourceType,
    phi::{Field, Place},
};
use tokio_postgres::{Error, GenericClient, Row};
use uuid::Uuid;

/// Where envelopes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Records,
    RecordVersions,
    GuestNotes,
}

/// A row with envelopes, by its key. What has no versions is of version 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) row_id: Uuid,
    pub(super) version: i32,
}

/// A row that was found to have envelopes under another key.
pub(super) struct Found {
    pub(super) key: Key,
    /// How long its envelopes are.
    pub(super) bytes: i64,
}

/// A row with its envelopes.
pub(super) struct Sealed {
    pub(super) key: Key,
    pub(super) meeting_id: Uuid,
    pub(super) author: String,
    /// Content, or guest notes.
    pub(super) first: Vec<u8>,
    /// Metadata.
    pub(super) second: Option<Vec<u8>>,
}

/// A row whose envelopes are to be replaced, if they still are what they were.
pub(super) struct Replacement {
    pub(super) sealed: Sealed,
    pub(super) first: Vec<u8>,
    pub(super) second: Option<Vec<u8>>,
}

/// `$1` organization, `$2` key in force, `$3` and `$4` the row to go on after, `$5` how many.
const FIND: [&str; 3] = [
    "select r.id as row_id, r.version,
            (octet_length(r.encrypted_content) + coalesce(octet_length(r.encrypted_metadata), 0))::bigint as bytes
       from records r
      where r.org_id = $1
        and (r.id, r.version) > ($3, $4)
        and (substr(r.encrypted_content, 2, 4) <> int4send($2) or substr(r.encrypted_metadata, 2, 4) <> int4send($2))
      order by r.id, r.version
      limit $5",
    "select v.record_id as row_id, v.version,
            (octet_length(v.encrypted_content) + coalesce(octet_length(v.encrypted_metadata), 0))::bigint as bytes
       from record_versions v
      where v.org_id = $1
        and (v.record_id, v.version) > ($3, $4)
        and (substr(v.encrypted_content, 2, 4) <> int4send($2) or substr(v.encrypted_metadata, 2, 4) <> int4send($2))
      order by v.record_id, v.version
      limit $5",
    "select m.id as row_id, 0 as version, octet_length(m.encrypted_guest_notes)::bigint as bytes
       from meetings m
      where m.org_id = $1
        and (m.id, 0) > ($3, $4)
        and substr(m.encrypted_guest_notes, 2, 4) <> int4send($2)
      order by m.id
      limit $5",
];

/// `$1` organization, `$2` and `$3` the rows.
const READ: [&str; 3] = [
    "select r.id as row_id, r.version, r.meeting_id, r.expert_id as author, r.encrypted_content as first,
            r.encrypted_metadata as second
       from unnest($2::uuid[], $3::integer[]) as wanted (row_id, version)
       join records r on r.id = wanted.row_id and r.version = wanted.version
      where r.org_id = $1",
    "select v.record_id as row_id, v.version, r.meeting_id, v.expert_id as author, v.encrypted_content as first,
            v.encrypted_metadata as second
       from unnest($2::uuid[], $3::integer[]) as wanted (row_id, version)
       join record_versions v on v.record_id = wanted.row_id and v.version = wanted.version
       join records r on r.id = v.record_id
      where v.org_id = $1",
    "select m.id as row_id, 0 as version, m.id as meeting_id, m.workos_user_id as author,
            m.encrypted_guest_notes as first, null::bytea as second
       from unnest($2::uuid[], $3::integer[]) as wanted (row_id, version)
       join meetings m on m.id = wanted.row_id
      where m.org_id = $1
        and m.encrypted_guest_notes is not null",
];

/// `$1` organization, `$2` and `$3` the rows, `$4` and `$5` what they are to have been, `$6` and `$7` what they become.
/// What somebody saved meanwhile stays.
const REPLACE: [&str; 3] = [
    "update records r
        set encrypted_content = new.first, encrypted_metadata = new.second
       from unnest($2::uuid[], $3::integer[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[])
              as new (row_id, version, old_first, old_second, first, second)
      where r.org_id = $1
        and r.id = new.row_id
        and r.version = new.version
        and r.encrypted_content = new.old_first
        and r.encrypted_metadata is not distinct from new.old_second
     returning new.row_id, new.version",
    "update record_versions v
        set encrypted_content = new.first, encrypted_metadata = new.second
       from unnest($2::uuid[], $3::integer[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[])
              as new (row_id, version, old_first, old_second, first, second)
      where v.org_id = $1
        and v.record_id = new.row_id
        and v.version = new.version
        and v.encrypted_content = new.old_first
        and v.encrypted_metadata is not distinct from new.old_second
     returning new.row_id, new.version",
    "update meetings m
        set encrypted_guest_notes = new.first
       from unnest($2::uuid[], $3::integer[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[])
              as new (row_id, version, old_first, old_second, first, second)
      where m.org_id = $1
        and m.id = new.row_id
        and m.encrypted_guest_notes = new.old_first
     returning new.row_id, new.version",
];

impl Source {
    pub(super) const ALL: [Self; 3] = [Self::Records, Self::RecordVersions, Self::GuestNotes];

    /// The table's name.
    pub(super) fn table(self) -> &'static str {
        ["records", "record_versions", "meetings"][self as usize]
    }

    /// What the trail calls a row of it.
    pub(super) fn resource_type(self) -> ResourceType {
        match self {
            Self::Records | Self::RecordVersions => ResourceType::MedicalRecord,
            Self::GuestNotes => ResourceType::Appointment,
        }
    }

    /// What the first and the second envelope of a row are.
    pub(super) fn fields(self) -> (Field, Field) {
        match self {
            Self::Records | Self::RecordVersions => (Field::RecordContent, Field::RecordMetadata),
            Self::GuestNotes => (Field::GuestNotes, Field::GuestNotes),
        }
    }

    /// How many rows have envelopes that are under another key than this one.
    pub(super) async fn count(self, client: &impl GenericClient, org_id: Uuid, key_no: i32) -> Result<u64, Error> {
        let sql = format!("select count(*) from ({}) as found", FIND[self as usize]);
        let start = Key::START;
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&org_id, &key_no, &start.row_id, &start.version, &i64::MAX];
        Ok(client.query_one(&sql, &parameters).await?.try_get::<_, i64>(0)?.unsigned_abs())
    }

    /// The first rows after this one that have envelopes under another key.
    pub(super) async fn find(
        self,
        client: &impl GenericClient,
        org_id: Uuid,
        key_no: i32,
        after: Key,
        limit: i64,
    ) -> Result<Vec<Found>, Error> {
        let rows =
            client.query(FIND[self as usize], &[&org_id, &key_no, &after.row_id, &after.version, &limit]).await?;
        rows.iter().map(|row| Ok(Found { key: Key::from_row(row)?, bytes: row.try_get("bytes")? })).collect()
    }

    /// Those rows, as far as they are there.
    pub(super) async fn read(
        self,
        client: &impl GenericClient,
        org_id: Uuid,
        keys: impl Iterator<Item = Key> + Clone,
    ) -> Result<Vec<Sealed>, Error> {
        let (row_ids, versions) = columns(keys);
        let rows = client.query(READ[self as usize], &[&org_id, &row_ids, &versions]).await?;
        let sealed = |row: &Row| {
            Ok(Sealed {
                key: Key::from_row(row)?,
                meeting_id: row.try_get("meeting_id")?,
                author: row.try_get("author")?,
                first: row.try_get("first")?,
                second: row.try_get("second")?,
            })
        };
        rows.iter().map(sealed).collect()
    }

    /// Replaces envelopes, and gives the rows in which they were what they were read as.
    pub(super) async fn replace(
        self,
        client: &impl GenericClient,
        org_id: Uuid,
        replacements: &[Replacement],
    ) -> Result<Vec<Key>, Error> {
        let (row_ids, versions) = columns(replacements.iter().map(|replacement| replacement.sealed.key));
        let old_first: Vec<&[u8]> = replacements.iter().map(|it| it.sealed.first.as_slice()).collect();
        let old_second: Vec<Option<&[u8]>> = replacements.iter().map(|it| it.sealed.second.as_deref()).collect();
        let first: Vec<&[u8]> = replacements.iter().map(|it| it.first.as_slice()).collect();
        let second: Vec<Option<&[u8]>> = replacements.iter().map(|it| it.second.as_deref()).collect();
        let rows = client
            .query(REPLACE[self as usize], &[&org_id, &row_ids, &versions, &old_first, &old_second, &first, &second])
            .await?;
        rows.iter().map(Key::from_row).collect()
    }
}

fn columns(keys: impl Iterator<Item = Key> + Clone) -> (Vec<Uuid>, Vec<i32>) {
    (keys.clone().map(|key| key.row_id).collect(), keys.map(|key| key.version).collect())
}

impl Key {
    /// Before every row.
    pub(super) const START: Self = Self { row_id: Uuid::nil(), version: i32::MIN };

    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { row_id: row.try_get("row_id")?, version: row.try_get("version")? })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            0 => write!(formatter, "{}", self.row_id),
            version => write!(formatter, "{}, version {version}", self.row_id),
        }
    }
}

impl Sealed {
    /// The place that an envelope of this row was sealed for.
    pub(super) fn place(&self, org_id: Uuid, field: Field) -> Place<'_> {
        let Key { row_id, version } = self.key;
        Place { field, org_id, row_id, meeting_id: self.meeting_id, author: &self.author, version }
    }
}
