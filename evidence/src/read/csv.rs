//! A record of rows as CSV ([`crate::csv`]).

use std::array;

use memchr::{memchr, memchr3};

use super::{Columns, FIRST_TEXT, Malformed, Piece, Scratch, bytes, instant, is_document, number, uuid};
use crate::{
    csv::FORMULA,
    row::{COLUMNS, Row},
};

/// Asserts that a record has the columns' names.
pub fn parse_names(record: &[u8]) -> Result<(), Malformed> {
    let is_that = record.split(|byte| *byte == b',').eq(COLUMNS.iter().map(|name| name.as_bytes()));
    if is_that { Ok(()) } else { Err(Malformed::Names) }
}

/// The row of a record, without its CR LF.
pub fn parse<'a>(record: &'a [u8], scratch: &'a mut Scratch) -> Result<Row<'a>, Malformed> {
    let Scratch { text, salt } = scratch;
    text.clear();
    let rest = str::from_utf8(record).map_err(|_| Malformed::Text)?;
    let mut record = Record { rest, separator: "" };
    let seq = number(record.plain("seq")?, "seq")?;
    let id = uuid(record.plain("id")?, "id")?;
    let org_id = uuid(record.plain("org_id")?, "org_id")?;
    let created_at = instant(record.plain("created_at")?, "created_at")?;
    let mut texts = array::from_fn(|_| None);
    for (column, piece) in COLUMNS[FIRST_TEXT..].iter().zip(&mut texts) {
        *piece = record.cell(column, text)?;
        let begins_an_object = piece.as_ref().is_none_or(|piece| piece.resolve(text).starts_with('{'));
        if is_document(column) && !begins_an_object {
            return Err(Malformed::Value(column));
        }
    }
    *salt = bytes(record.plain("salt")?, "salt")?;
    let hash = bytes(record.plain("hash")?, "hash")?;
    if !record.rest.is_empty() {
        return Err(Malformed::End);
    }
    Columns { seq, id, org_id, created_at, texts, hash }.into_row(text, salt)
}

/// What is left of a record.
struct Record<'a> {
    rest: &'a str,
    /// What comes before the next cell.
    separator: &'static str,
}

impl<'a> Record<'a> {
    /// Goes to the next cell.
    fn next(&mut self, column: &'static str) -> Result<(), Malformed> {
        self.rest = self.rest.strip_prefix(self.separator).ok_or(Malformed::Column(column))?;
        self.separator = ",";
        Ok(())
    }

    /// A cell that has to be there and has nothing to quote.
    fn plain(&mut self, column: &'static str) -> Result<&'a str, Malformed> {
        self.next(column)?;
        let end = memchr(b',', self.rest.as_bytes()).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(text)
    }

    /// A text, or nothing for null.
    fn cell(&mut self, column: &'static str, scratch: &mut String) -> Result<Option<Piece<'a>>, Malformed> {
        self.next(column)?;
        let wrong = Malformed::Value(column);
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let end = memchr(b',', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            let is_plain = memchr3(b'"', b'\r', b'\n', text.as_bytes()).is_none();
            return match text {
                "" => Ok(None),
                _ if is_plain => Ok(Some(Piece::Line(&text[apostrophe(text).ok_or(wrong)?..]))),
                _ => Err(wrong),
            };
        };
        let mut rest = quoted;
        let begin = scratch.len();
        loop {
            let end = memchr(b'"', rest.as_bytes()).ok_or(wrong)?;
            let (text, after) = rest.split_at(end);
            let is_whole = scratch.len() == begin;
            if let Some(after) = after.strip_prefix("\"\"") {
                scratch.push_str(text);
                scratch.push('"');
                rest = after;
                continue;
            }
            self.rest = &after[1..];
            if is_whole {
                let needs_quotes = text.is_empty() || memchr3(b',', b'\r', b'\n', text.as_bytes()).is_some();
                let from = apostrophe(text).filter(|_| needs_quotes).ok_or(wrong)?;
                return Ok(Some(Piece::Line(&text[from..])));
            }
            scratch.push_str(text);
            let from = begin + apostrophe(&scratch[begin..]).ok_or(wrong)?;
            return Ok(Some(Piece::Scratch(from..scratch.len())));
        }
    }
}

/// How many apostrophes stand in front of a cell's text: one where it is needed. `None`: it is missing, or needless.
fn apostrophe(cell: &str) -> Option<usize> {
    match cell.strip_prefix('\'') {
        Some(text) => text.starts_with(FORMULA).then_some(1),
        None => (!cell.starts_with(FORMULA)).then_some(0),
    }
}
