//! Reading the files of an export: exactly what [`crate::jsonl`], [`crate::csv`] and [`crate::left_out`] write, and
//! nothing else, so that nobody reads another text than the one that was hashed.
//!
//! What is read borrows from the line and, where a text has escapes, from a [`Scratch`] that is used again for the next
//! line: nothing is allocated for a row.

pub mod csv;
mod json;
pub mod jsonl;
pub mod left_out;
#[cfg(test)]
mod tests;

use std::ops::Range;

use uuid::Uuid;

use crate::{
    chain::{Body, Hash, Header, PLACES},
    hex,
    row::{self, COLUMNS, Row},
    time,
};

/// How many bytes of salt a row has.
const SALT: usize = 16;

/// The place of the first column with a text in [`COLUMNS`], and how many of them there are.
const FIRST_TEXT: usize = 4;
const TEXTS: usize = 13;

/// Where the texts of a line are put that do not stand in it as they are.
#[derive(Debug, Default)]
pub struct Scratch {
    text: String,
    salt: [u8; SALT],
}

/// Why a line is none of the format. Names columns, never what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Bytes that are no text, or that no line may have.
    #[error("it is not text in UTF-8, or has control characters")]
    Text,
    /// The names of the columns, in CSV.
    #[error("it is not the line with the names of the columns")]
    Names,
    /// Another column, or none.
    #[error("the column {0} does not stand where it has to")]
    Column(&'static str),
    /// A value that no writer would have written.
    #[error("the column {0} has no value of its form")]
    Value(&'static str),
    /// More than the columns.
    #[error("there is more than the columns")]
    End,
}

/// A text that was read.
#[derive(Clone, Debug)]
enum Piece<'a> {
    /// It stands in the line as it is.
    Line(&'a str),
    /// It stands there in [`Scratch`].
    Scratch(Range<usize>),
}

/// The columns of a row before it is known which texts stand where.
struct Columns<'a> {
    seq: i64,
    id: Uuid,
    org_id: Uuid,
    created_at: i64,
    /// From [`FIRST_TEXT`] on.
    texts: [Option<Piece<'a>>; TEXTS],
    hash: Hash,
}

impl<'a> Piece<'a> {
    fn resolve(&self, scratch: &'a str) -> &'a str {
        match self {
            Self::Line(text) => text,
            Self::Scratch(range) => &scratch[range.clone()],
        }
    }
}

impl<'a> Columns<'a> {
    fn into_row(self, scratch: &'a str, salt: &'a [u8]) -> Result<Row<'a>, Malformed> {
        let text = |position: usize| self.texts[position].as_ref().map(|piece| piece.resolve(scratch));
        let present = |position: usize| text(position).ok_or(Malformed::Value(COLUMNS[FIRST_TEXT + position]));
        let metadata = text(12);
        let header = Header {
            id: self.id,
            org_id: self.org_id,
            seq: self.seq,
            created_at: self.created_at,
            action: present(0)?,
            resource_type: present(1)?,
            outcome: present(2)?,
            is_imported: row::is_imported(metadata),
        };
        let body = Body {
            salt,
            workos_user_id: text(4),
            actor_type: present(3)?,
            impersonator: text(5),
            resource_id: text(6),
            old_values: text(7),
            new_values: text(8),
            ip_address: text(9),
            user_agent: text(10),
            request_id: text(11),
            metadata,
        };
        Ok(Row { header, body, hash: self.hash })
    }
}

/// Whether a column of a row has the text of a `jsonb`. Each is an object, where it is not null.
fn is_document(column: &str) -> bool {
    matches!(column, "old_values" | "new_values" | "metadata")
}

/// The place of a text that is written as the writers do: digits, without any in front that mean nothing.
fn number(text: &str, column: &'static str) -> Result<i64, Malformed> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = if is_plain { text.parse().ok() } else { None };
    number.filter(|number| PLACES.contains(number)).ok_or(Malformed::Value(column))
}

/// The uuid of 36 lower-case characters.
fn uuid(text: &str, column: &'static str) -> Result<Uuid, Malformed> {
    let id = Uuid::try_parse(text).ok();
    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
    id.filter(|id| id.hyphenated().encode_lower(&mut buffer) == text).ok_or(Malformed::Value(column))
}

fn instant(text: &str, column: &'static str) -> Result<i64, Malformed> {
    time::parse(text).ok_or(Malformed::Value(column))
}

fn bytes<const LENGTH: usize>(text: &str, column: &'static str) -> Result<[u8; LENGTH], Malformed> {
    hex::decode(text).ok_or(Malformed::Value(column))
}

/// The place of the row of a line, before anything else of it is read.
pub(crate) fn place(line: &[u8], is_csv: bool) -> Result<i64, Malformed> {
    let prefix: &[u8] = if is_csv { b"" } else { b"{\"seq\":" };
    let digits = line.strip_prefix(prefix).ok_or(Malformed::Column("seq"))?;
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = str::from_utf8(&digits[..length]).map_err(|_| Malformed::Text)?;
    number(digits, "seq")
}
