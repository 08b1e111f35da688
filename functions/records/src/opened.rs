//! A record with what it says. The texts are wiped from memory when it is dropped, and never copied but into the reply.

use eleva::phi::{Field, OrganizationKeys, Undecryptable};
use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::Error};
use serde_json::value::RawValue;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    record::Record,
    sealed::SealedRecord,
    undecryptable::{Broken, Fault},
};

/// One record of the caller's, decrypted. No `Debug`.
#[derive(Serialize)]
pub(crate) struct OpenedRecord {
    pub(crate) id: Uuid,
    pub(crate) org_id: Uuid,
    pub(crate) meeting_id: Uuid,
    /// The author (WorkOS user id).
    pub(crate) expert_id: String,
    pub(crate) guest_name: String,
    pub(crate) version: i32,
    pub(crate) content: Content,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_modified_at: Timestamp,
    /// Without what it says.
    #[serde(skip)]
    pub(crate) record: Record,
}

/// What the expert wrote.
pub(crate) struct Content(Zeroizing<String>);

/// What belongs to it: a JSON object, as it was stored.
pub(crate) struct Metadata(Zeroizing<String>);

impl SealedRecord {
    /// Opens it, whole or not at all.
    pub(crate) fn open(self, keys: &OrganizationKeys) -> Result<OpenedRecord, Broken> {
        let content = self.opened(keys, Field::RecordContent, &self.encrypted_content).map(Content);
        let metadata = self.encrypted_metadata.as_ref().map(|envelope| {
            let text = self.opened(keys, Field::RecordMetadata, envelope)?;
            Metadata::new(text).ok_or(Fault { field: Field::RecordMetadata, reason: Undecryptable::Malformed })
        });
        match (content, metadata.transpose()) {
            (Ok(content), Ok(metadata)) => Ok(self.with(content, metadata)),
            (content, metadata) => {
                let faults = [content.err(), metadata.err()].into_iter().flatten().collect();
                Err(Broken { id: self.record.id, version: self.record.version, faults })
            }
        }
    }

    fn opened(&self, keys: &OrganizationKeys, field: Field, envelope: &[u8]) -> Result<Zeroizing<String>, Fault> {
        keys.open_text(&self.place(field), envelope).map_err(|reason| Fault { field, reason })
    }

    fn with(self, content: Content, metadata: Option<Metadata>) -> OpenedRecord {
        let Self { record, org_id, expert_id, .. } = self;
        OpenedRecord {
            id: record.id,
            org_id,
            meeting_id: record.meeting_id,
            expert_id,
            guest_name: record.guest_name.clone(),
            version: record.version,
            content,
            metadata,
            created_at: record.created_at,
            last_modified_at: record.last_modified_at,
            record,
        }
    }
}

impl Content {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, to be shown in a field.
    pub(crate) fn into_text(self) -> Zeroizing<String> {
        self.0
    }
}

impl Metadata {
    /// Takes a JSON object; nothing else is one.
    fn new(text: Zeroizing<String>) -> Option<Self> {
        let is_object = text.trim_start().starts_with('{') && serde_json::from_str::<&RawValue>(&text).is_ok();
        is_object.then_some(Self(text))
    }

    /// The JSON text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The JSON text, to be shown in a field.
    pub(crate) fn into_text(self) -> Zeroizing<String> {
        self.0
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.0).map_err(S::Error::custom)?.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use eleva::{
        clock::Entropy,
        keyring::Keyring,
        phi::{DataKey, Field, MasterKeys, OrganizationKeys, Undecryptable},
    };
    use jiff::Timestamp;
    use uuid::Uuid;

    use crate::{record::Record, sealed::SealedRecord};

    const RING: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn keys() -> (DataKey, OrganizationKeys) {
        let master = MasterKeys::new(&Keyring::parse(RING).expect("a ring"));
        let org_id = Uuid::from_u128(1);
        let (key, wrapped) = master.generate(Entropy::default(), org_id, 1).expect("a key");
        (key, OrganizationKeys::new(&master, org_id, [wrapped]).expect("a known master key"))
    }

    /// A record whose fields hold these bytes.
    fn sealed(key: &DataKey, content: &[u8], metadata: Option<&[u8]>) -> SealedRecord {
        let record = Record {
            id: Uuid::from_u128(2),
            meeting_id: Uuid::from_u128(3),
            guest_name: "Guest".to_owned(),
            version: 4,
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
            created_on: String::new(),
            modified_on: String::new(),
        };
        let mut sealed = SealedRecord {
            record,
            org_id: Uuid::from_u128(1),
            expert_id: "user_1".to_owned(),
            encrypted_content: Vec::new(),
            encrypted_metadata: None,
        };
        let seal = |field, bytes: &[u8]| key.seal(Entropy::default(), &sealed.place(field), bytes).expect("sealed");
        let content = seal(Field::RecordContent, content);
        let metadata = metadata.map(|bytes| seal(Field::RecordMetadata, bytes));
        sealed.encrypted_content = content;
        sealed.encrypted_metadata = metadata;
        sealed
    }

    #[test]
    fn what_was_sealed_comes_back_to_the_byte_and_metadata_as_they_stand() {
        let (key, keys) = keys();
        let metadata = r#"{"b":12345678901234567890123,"a":1e400,"é":[null]}"#;
        let opened = sealed(&key, "a\0\r\n\u{feff}🙂 ".as_bytes(), Some(metadata.as_bytes())).open(&keys);
        let Ok(opened) = opened else { panic!("it opens") };
        assert_eq!(opened.content.as_str(), "a\0\r\n\u{feff}🙂 ");
        let json = serde_json::to_string(&opened).expect("JSON");
        assert!(json.contains(&format!(r#""metadata":{metadata},"#)), "{json}");
        assert!(json.starts_with(r#"{"id":"00000000-0000-0000-0000-000000000002","org_id":"#), "{json}");
    }

    #[test]
    fn e6_what_is_no_text_or_no_object_is_undecryptable() {
        let (key, keys) = keys();
        let faults = |content: &[u8], metadata: Option<&[u8]>| {
            let broken = sealed(&key, content, metadata).open(&keys).err().map(|broken| broken.faults);
            broken.unwrap_or_default().iter().map(|fault| (fault.field, fault.reason)).collect::<Vec<_>>()
        };
        assert_eq!(faults(b"x", None), []);
        assert_eq!(faults(b"\xff", None), [(Field::RecordContent, Undecryptable::Malformed)]);
        for metadata in [&b"[]"[..], b"null", b"1", b"\"{}\"", b"", b"{", b"{} x", b"{\"a\":\xff}"] {
            assert_eq!(faults(b"x", Some(metadata)), [(Field::RecordMetadata, Undecryptable::Malformed)]);
        }
        let both = faults(b"\xff", Some(b"[]"));
        assert_eq!(both.len(), 2, "each field is reported");
    }
}
