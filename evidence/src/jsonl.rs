//! A file of rows as JSON Lines: an object a line, every column in the order of [`crate::row::COLUMNS`], null where there
//! is nothing. What is hashed as the text of a `jsonb` stands there verbatim.

use crate::{
    hex,
    row::{Row, Unwritable},
    time,
};

/// Appends a row and its line end.
pub fn write(row: &Row<'_>, out: &mut Vec<u8>) -> Result<(), Unwritable> {
    let Row { header, body, hash } = row;
    let line = out.len();
    out.extend_from_slice(b"{\"seq\":");
    out.extend_from_slice(header.seq.to_string().as_bytes());
    out.extend_from_slice(b",\"id\":\"");
    uuid(header.id, out);
    out.extend_from_slice(b"\",\"org_id\":\"");
    uuid(header.org_id, out);
    out.extend_from_slice(b"\",\"created_at\":\"");
    if time::write(header.created_at, out).is_none() {
        out.truncate(line);
        return Err(Unwritable { seq: header.seq });
    }
    out.push(b'"');
    for (name, text) in [
        ("action", Some(header.action)),
        ("resource_type", Some(header.resource_type)),
        ("outcome", Some(header.outcome)),
        ("actor_type", Some(body.actor_type)),
        ("workos_user_id", body.workos_user_id),
        ("impersonator", body.impersonator),
        ("resource_id", body.resource_id),
    ] {
        field(name, text, out);
    }
    document("old_values", body.old_values, out);
    document("new_values", body.new_values, out);
    field("ip_address", body.ip_address, out);
    field("user_agent", body.user_agent, out);
    field("request_id", body.request_id, out);
    document("metadata", body.metadata, out);
    out.extend_from_slice(b",\"salt\":\"");
    hex::write(body.salt, out);
    out.extend_from_slice(b"\",\"hash\":\"");
    hex::write(hash, out);
    out.extend_from_slice(b"\"}\n");
    Ok(())
}

/// Appends the 36 characters of a uuid.
pub(crate) fn uuid(id: uuid::Uuid, out: &mut Vec<u8>) {
    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
    out.extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
}

/// Appends `,"name":` and a text, or null.
pub(crate) fn field(name: &str, text: Option<&str>, out: &mut Vec<u8>) {
    key(name, out);
    match text {
        Some(text) => string(text, out),
        None => out.extend_from_slice(b"null"),
    }
}

/// Appends `,"name":` and JSON as it is, or null.
fn document(name: &str, json: Option<&str>, out: &mut Vec<u8>) {
    key(name, out);
    out.extend_from_slice(json.unwrap_or("null").as_bytes());
}

fn key(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Appends a text as a JSON string.
fn string(text: &str, out: &mut Vec<u8>) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, text).is_err() {
        // Memory takes whatever is written to it.
        out.truncate(before);
    }
}
