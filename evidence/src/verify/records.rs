//! The lines of a file, one after the other, whatever the pieces are that they arrive in.

use memchr::{memchr, memchr_iter};

use super::inflate::{Chunks, Damage};

/// The longest line there can be: every text of a row as long as it may get, each character escaped.
const LONGEST: usize = 8 * 1024 * 1024;

/// How a file is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Division {
    /// At each LF.
    Lines,
    /// At each CR LF that is not within quotes.
    Csv,
}

/// Why there is no next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    Damage(Damage),
    Unfinished,
    TooLong,
}

/// The lines of a file.
pub(super) struct Records {
    chunks: Chunks,
    division: Division,
    buffer: Vec<u8>,
    /// Where the current line ends, its line end included, and the length without.
    end: usize,
    length: usize,
    begin: usize,
    line: u64,
    /// How many lines of the file the current record takes.
    height: u64,
}

impl Records {
    pub(super) fn new(chunks: Chunks, division: Division) -> Self {
        Self { chunks, division, buffer: Vec::new(), begin: 0, end: 0, length: 0, line: 1, height: 0 }
    }

    /// Goes to the next line; whether there is one.
    pub(super) fn advance(&mut self) -> Result<bool, Broken> {
        self.line += self.height;
        self.begin = self.end;
        self.length = 0;
        self.height = 0;
        let mut looked_at = 0;
        let mut is_quoted = false;
        loop {
            let unread = &self.buffer[self.begin..];
            while let Some(position) = memchr(b'\n', &unread[looked_at..]) {
                let line = &unread[looked_at..looked_at + position];
                let end = looked_at + position;
                looked_at = end + 1;
                self.height += 1;
                let length = match self.division {
                    Division::Lines => Some(end),
                    Division::Csv => {
                        is_quoted ^= memchr_iter(b'"', line).count() % 2 == 1;
                        (!is_quoted && unread[..end].ends_with(b"\r")).then(|| end - 1)
                    }
                };
                if let Some(length) = length {
                    self.length = length;
                    self.end = self.begin + end + 1;
                    return Ok(true);
                }
            }
            if unread.len() > LONGEST {
                return Err(Broken::TooLong);
            }
            match self.chunks.next() {
                Some(Ok(chunk)) => {
                    self.buffer.drain(..self.begin);
                    self.begin = 0;
                    self.buffer.extend_from_slice(&chunk);
                    self.chunks.give_back(chunk);
                }
                Some(Err(damage)) => return Err(Broken::Damage(damage)),
                None if unread.is_empty() => return Ok(false),
                None => return Err(Broken::Unfinished),
            }
        }
    }

    /// The current line, without its line end.
    pub(super) fn current(&self) -> &[u8] {
        &self.buffer[self.begin..self.begin + self.length]
    }

    /// Its number, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }
}
