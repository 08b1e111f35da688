//! A file of what is shown of the rows that an export leaves out: header, hash of the body, hash in the chain. That is
//! enough to see that the chain is whole and that no row which was asked for is among them, and tells nothing more.

use crate::{
    chain::{Hash, Header},
    hex,
    jsonl::{self, field},
    row::Unwritable,
    time,
};

/// What is shown of a row that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut<'a> {
    /// What everybody may know of it. The organization is the manifest's and stands in no line.
    pub header: Header<'a>,
    /// The hash of the rest.
    pub body_hash: Hash,
    /// Its hash in the chain.
    pub hash: Hash,
}

/// Appends a row and its line end.
pub fn write(row: &LeftOut<'_>, out: &mut Vec<u8>) -> Result<(), Unwritable> {
    let LeftOut { header, body_hash, hash } = row;
    let line = out.len();
    out.extend_from_slice(b"{\"seq\":");
    out.extend_from_slice(header.seq.to_string().as_bytes());
    out.extend_from_slice(b",\"id\":\"");
    jsonl::uuid(header.id, out);
    out.extend_from_slice(b"\",\"created_at\":\"");
    if time::write(header.created_at, out).is_none() {
        out.truncate(line);
        return Err(Unwritable { seq: header.seq });
    }
    out.extend_from_slice(if header.is_imported { b"\",\"imported\":true" } else { b"\",\"imported\":false" });
    field("action", Some(header.action), out);
    field("resource_type", Some(header.resource_type), out);
    field("outcome", Some(header.outcome), out);
    out.extend_from_slice(b",\"body_hash\":\"");
    hex::write(body_hash, out);
    out.extend_from_slice(b"\",\"hash\":\"");
    hex::write(hash, out);
    out.extend_from_slice(b"\"}\n");
    Ok(())
}
