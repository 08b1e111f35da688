//! Whoever writes a client finds an example of every document.

use base64::{Engine, engine::general_purpose::STANDARD};
use evidence::signature::PublicKey;
use serde_json::{Value, json};

use super::description::Description;

/// The example of a media type: its own, or its schema's.
fn example<'a>(description: &'a Description, content: &'a Value) -> Option<&'a Value> {
    content.get("example").or_else(|| description.resolve(&content["schema"]).get("example"))
}

#[test]
fn every_document_has_an_example() {
    let description = Description::read();
    for operation in description.operations() {
        let mut bodies = vec![("request", &operation.value["requestBody"])];
        bodies.extend(description.responses(&operation));
        for (what, body) in bodies {
            let contents = description.contents(body);
            for (media_type, content) in contents.into_iter().filter(|(media_type, _)| media_type.contains("json")) {
                let is_there = example(&description, content).is_some();
                assert!(is_there, "{what} of {} {}: no {media_type}", operation.method, operation.path);
            }
        }
    }
}

#[test]
fn examples_have_the_fields_of_their_schemas() {
    let description = Description::read();
    for name in [
        "AuditEntry",
        "AuditEntryList",
        "AuditExport",
        "AuditExportList",
        "AuditReport",
        "Dashboard",
        "DecryptedRecord",
        "Event",
        "EventList",
        "Identity",
        "Meeting",
        "MeetingList",
        "MeetingRecordList",
        "MeetingWithNotes",
        "Problem",
        "Record",
        "RecordList",
        "RecordVersionList",
        "Session",
        "SigningKeys",
    ] {
        let schema = description.schema(name);
        let parts = schema["allOf"].as_array().map_or_else(|| vec![schema], |parts| parts.iter().collect());
        for part in parts {
            for field in description.resolve(part)["required"].as_array().expect("required fields") {
                let field = field.as_str().expect("a name");
                assert!(schema["example"].get(field).is_some(), "the example of {name} has no {field}");
            }
        }
    }
}

#[test]
fn the_keys_of_the_example_are_keys_and_no_purpose_has_that_of_another() {
    let description = Description::read();
    let example = &description.schema("SigningKeys")["example"];
    let keys = ["exports", "checkpoints"].map(|purpose| &example[purpose][0]);
    for key in keys {
        let bytes = STANDARD.decode(key["public_key"].as_str().expect("a text")).expect("base64");
        let parsed = PublicKey::from_bytes(&bytes.try_into().expect("32 bytes")).expect("a key");
        assert_eq!((&key["fingerprint"], &key["pem"]), (&json!(parsed.fingerprint()), &json!(parsed.to_pem())));
    }
    assert_ne!(keys[0]["public_key"], keys[1]["public_key"]);
    assert_ne!(keys[0]["key_id"], keys[1]["key_id"]);
}
