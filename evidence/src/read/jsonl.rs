//! A line of rows as JSON Lines ([`crate::jsonl`]).

use std::array;

use super::{Columns, FIRST_TEXT, Malformed, Scratch, bytes, instant, is_document, json::Line, number, uuid};
use crate::row::{COLUMNS, Row};

/// The row of a line, without its line end.
pub fn parse<'a>(line: &'a [u8], scratch: &'a mut Scratch) -> Result<Row<'a>, Malformed> {
    let Scratch { text, salt } = scratch;
    text.clear();
    let mut line = Line::new(line)?;
    let seq = number(line.word("seq")?, "seq")?;
    let id = uuid(line.plain("id")?, "id")?;
    let org_id = uuid(line.plain("org_id")?, "org_id")?;
    let created_at = instant(line.plain("created_at")?, "created_at")?;
    let mut texts = array::from_fn(|_| None);
    for (column, piece) in COLUMNS[FIRST_TEXT..].iter().zip(&mut texts) {
        *piece = if is_document(column) { line.document(column)? } else { line.text(column, text)? };
    }
    *salt = bytes(line.plain("salt")?, "salt")?;
    let hash = bytes(line.plain("hash")?, "hash")?;
    line.end()?;
    Columns { seq, id, org_id, created_at, texts, hash }.into_row(text, salt)
}
