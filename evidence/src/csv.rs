//! A file of rows as CSV (RFC 4180, UTF-8): a line with the columns' names, then a line for each row. Nothing stands for
//! null, `""` for an empty text.
//!
//! A cell that a spreadsheet might take for a formula gets an apostrophe in front, and so does one that begins with an
//! apostrophe: whoever takes one apostrophe off has the text as it was.

use crate::{
    hex, jsonl,
    row::{COLUMNS, Row, Unwritable},
    time,
};

/// What a spreadsheet takes for the beginning of a formula, and what marks that it is none.
pub(crate) const FORMULA: [char; 8] = ['=', '+', '-', '@', '\t', '\n', '\r', '\''];

/// Appends the line with the columns' names.
pub fn write_names(out: &mut Vec<u8>) {
    out.extend_from_slice(COLUMNS.join(",").as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Appends a row and its line end.
pub fn write(row: &Row<'_>, out: &mut Vec<u8>) -> Result<(), Unwritable> {
    let Row { header, body, hash } = row;
    let line = out.len();
    out.extend_from_slice(header.seq.to_string().as_bytes());
    out.push(b',');
    jsonl::uuid(header.id, out);
    out.push(b',');
    jsonl::uuid(header.org_id, out);
    out.push(b',');
    if time::write(header.created_at, out).is_none() {
        out.truncate(line);
        return Err(Unwritable { seq: header.seq });
    }
    for text in [
        Some(header.action),
        Some(header.resource_type),
        Some(header.outcome),
        Some(body.actor_type),
        body.workos_user_id,
        body.impersonator,
        body.resource_id,
        body.old_values,
        body.new_values,
        body.ip_address,
        body.user_agent,
        body.request_id,
        body.metadata,
    ] {
        out.push(b',');
        if let Some(text) = text {
            cell(text, out);
        }
    }
    out.push(b',');
    hex::write(body.salt, out);
    out.push(b',');
    hex::write(hash, out);
    out.extend_from_slice(b"\r\n");
    Ok(())
}

fn cell(text: &str, out: &mut Vec<u8>) {
    let apostrophe = if text.starts_with(FORMULA) { "'" } else { "" };
    let is_plain = !text.is_empty() && !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'));
    if is_plain {
        out.extend_from_slice(apostrophe.as_bytes());
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(apostrophe.as_bytes());
    for (position, piece) in text.split('"').enumerate() {
        if position > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(piece.as_bytes());
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn d5_no_cell_begins_like_a_formula_and_every_cell_keeps_its_text() {
        let written = |text: &str| {
            let mut out = Vec::new();
            cell(text, &mut out);
            String::from_utf8(out).expect("UTF-8")
        };
        for (text, expected) in [
            ("plain", "plain"),
            ("", "\"\""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("\nx", "\"'\nx\""),
            ("'x", "''x"),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
            ("a\nb", "\"a\nb\""),
            ("1=1", "1=1"),
        ] {
            assert_eq!(written(text), expected, "{text:?}");
        }
    }
}
