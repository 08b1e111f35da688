//! A line of JSON whose members stand in a known order and are written in a known way.

use memchr::memchr2;
use serde_json::value::RawValue;

use super::{Malformed, Piece};

/// What is left of a line.
pub(super) struct Line<'a> {
    rest: &'a str,
    /// What comes before the next name: nothing but the brace that begins the object was read yet, or a member was.
    separator: &'static str,
}

impl<'a> Line<'a> {
    pub(super) fn new(line: &'a [u8]) -> Result<Self, Malformed> {
        // All of it is looked at, which a processor does at once for many bytes.
        let has_control = line.iter().fold(false, |found, byte| found | (*byte < b' '));
        let rest = str::from_utf8(line).ok().filter(|_| !has_control).ok_or(Malformed::Text)?;
        Ok(Self { rest, separator: "{\"" })
    }

    /// Goes past a member's name.
    pub(super) fn name(&mut self, column: &'static str) -> Result<(), Malformed> {
        let rest = self.rest.strip_prefix(self.separator).and_then(|rest| rest.strip_prefix(column));
        self.rest = rest.and_then(|rest| rest.strip_prefix("\":")).ok_or(Malformed::Column(column))?;
        self.separator = ",\"";
        Ok(())
    }

    /// What stands before the comma or brace that comes next: a number or a word.
    pub(super) fn word(&mut self, column: &'static str) -> Result<&'a str, Malformed> {
        self.name(column)?;
        let end = self.rest.find([',', '}']).ok_or(Malformed::Value(column))?;
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(word)
    }

    /// A string without escapes.
    pub(super) fn plain(&mut self, column: &'static str) -> Result<&'a str, Malformed> {
        self.name(column)?;
        let rest = self.rest.strip_prefix('"').ok_or(Malformed::Value(column))?;
        let end = memchr2(b'"', b'\\', rest.as_bytes()).filter(|end| rest.as_bytes()[*end] == b'"');
        let (text, rest) = rest.split_at(end.ok_or(Malformed::Value(column))?);
        self.rest = &rest[1..];
        Ok(text)
    }

    /// A string, or null.
    pub(super) fn text(&mut self, column: &'static str, scratch: &mut String) -> Result<Option<Piece<'a>>, Malformed> {
        self.name(column)?;
        if let Some(rest) = self.rest.strip_prefix("null") {
            self.rest = rest;
            return Ok(None);
        }
        let wrong = Malformed::Value(column);
        let mut rest = self.rest.strip_prefix('"').ok_or(wrong)?;
        let begin = scratch.len();
        loop {
            let end = memchr2(b'"', b'\\', rest.as_bytes()).ok_or(wrong)?;
            let (text, after) = rest.split_at(end);
            let is_whole = scratch.len() == begin;
            if let Some(after) = after.strip_prefix('"') {
                self.rest = after;
                if is_whole {
                    return Ok(Some(Piece::Line(text)));
                }
                scratch.push_str(text);
                return Ok(Some(Piece::Scratch(begin..scratch.len())));
            }
            scratch.push_str(text);
            let (character, length) = unescape(after).ok_or(wrong)?;
            scratch.push(character);
            rest = &after[length..];
        }
    }

    /// An object as it stands there, or null.
    pub(super) fn document(&mut self, column: &'static str) -> Result<Option<Piece<'a>>, Malformed> {
        self.name(column)?;
        if let Some(rest) = self.rest.strip_prefix("null") {
            self.rest = rest;
            return Ok(None);
        }
        let wrong = Malformed::Value(column);
        if !self.rest.starts_with('{') {
            return Err(wrong);
        }
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<&RawValue>();
        let document = values.next().and_then(Result::ok).ok_or(wrong)?.get();
        self.rest = &self.rest[document.len()..];
        Ok(Some(Piece::Line(document)))
    }

    /// Asserts that nothing comes any more.
    pub(super) fn end(self) -> Result<(), Malformed> {
        if self.rest == "}" { Ok(()) } else { Err(Malformed::End) }
    }
}

/// The character of an escape, and its length; `None` when a character is escaped that need not be, or another way.
fn unescape(text: &str) -> Option<(char, usize)> {
    let character = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let digits = text.get(2..6)?;
            let [code] = crate::hex::decode::<1>(digits.strip_prefix("00")?)?;
            let is_short = matches!(code, 8 | 9 | 10 | 12 | 13);
            return (code < b' ' && !is_short).then_some((char::from(code), 6));
        }
        _ => return None,
    };
    Some((character, 2))
}
