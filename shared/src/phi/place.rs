//! Where a value belongs: what an envelope is bound to besides its key.

use uuid::Uuid;

use super::envelope::FORMAT;

/// What is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `records.encrypted_content`: text in UTF-8.
    RecordContent,
    /// `records.encrypted_metadata`: a JSON object in UTF-8.
    RecordMetadata,
    /// `meetings.encrypted_guest_notes`: text in UTF-8.
    GuestNotes,
}

impl Field {
    /// The table that the value was written to. What `record_versions` keeps was written to `records`.
    pub fn table(self) -> &'static str {
        match self {
            Self::RecordContent | Self::RecordMetadata => "records",
            Self::GuestNotes => "meetings",
        }
    }

    /// Its name there.
    pub fn name(self) -> &'static str {
        match self {
            Self::RecordContent => "content",
            Self::RecordMetadata => "metadata",
            Self::GuestNotes => "guest_notes",
        }
    }
}

/// The one place in which a value opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// What it is.
    pub field: Field,
    /// The organization, by the id in our database.
    pub org_id: Uuid,
    /// The row.
    pub row_id: Uuid,
    /// The meeting that it is about.
    pub meeting_id: Uuid,
    /// Whose it is: the expert's WorkOS user id.
    pub author: &'a str,
    /// The version that it was written as; 0 of what has no versions.
    pub version: i32,
}

impl<'a> Place<'a> {
    /// The place of a meeting's guest notes.
    pub fn guest_notes(org_id: Uuid, meeting_id: Uuid, expert: &'a str) -> Self {
        Self { field: Field::GuestNotes, org_id, row_id: meeting_id, meeting_id, author: expert, version: 0 }
    }

    /// The additional data of the envelope under the key of that number: every part with its length in bytes before it
    /// (u32, big-endian), so that no two places read alike.
    pub(super) fn additional_data(&self, key_no: i32) -> Vec<u8> {
        let parts: [&[u8]; 9] = [
            &[FORMAT],
            &key_no.to_be_bytes(),
            self.org_id.as_bytes(),
            self.field.table().as_bytes(),
            self.row_id.as_bytes(),
            self.meeting_id.as_bytes(),
            self.author.as_bytes(),
            self.field.name().as_bytes(),
            &self.version.to_be_bytes(),
        ];
        length_prefixed(&parts)
    }
}

/// Parts one after another, each after its length in bytes (u32, big-endian). No part comes near to four gigabytes.
pub(super) fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| 4 + part.len()).sum());
    for part in parts {
        joined.extend_from_slice(&(part.len() as u32).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::{Field, Place};

    #[test]
    fn e1_no_two_places_read_alike() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let content = Place {
            field: Field::RecordContent,
            org_id: one,
            row_id: one,
            meeting_id: one,
            author: "user_1",
            version: 1,
        };
        let places = [
            content,
            Place { field: Field::RecordMetadata, ..content },
            Place { field: Field::GuestNotes, ..content },
            Place { org_id: other, ..content },
            Place { row_id: other, ..content },
            Place { meeting_id: other, ..content },
            Place { author: "user_2", ..content },
            Place { author: "user_1content", ..content },
            Place { version: 2, ..content },
            Place::guest_notes(one, other, "user_1"),
        ];
        let mut read: BTreeSet<Vec<u8>> = places.iter().map(|place| place.additional_data(1)).collect();
        read.insert(content.additional_data(2));
        assert_eq!(read.len(), places.len() + 1);
    }
}
