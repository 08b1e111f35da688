//! One of an export's two files, row by row.

use super::{
    finding::{Discovery, Kind},
    inflate::{Chunks, Damage},
    records::{Broken, Division, Records},
};
use crate::{manifest::Role, read};

/// The rows of a file.
pub(super) struct Source {
    role: Role,
    division: Division,
    records: Records,
    /// The place of the current row; `None` after the last one.
    seq: Option<i64>,
    count: u64,
}

impl Source {
    /// At the first row.
    pub(super) fn open(role: Role, division: Division, chunks: Chunks) -> Result<Self, Discovery> {
        let mut source = Self { role, division, records: Records::new(chunks, division), seq: None, count: 0 };
        if division == Division::Csv {
            let has_names = source.step()?;
            let names = if has_names { source.records.current() } else { &[] };
            read::csv::parse_names(names).map_err(|malformed| source.discovery(malformed.to_string()))?;
        }
        source.advance()?;
        Ok(source)
    }

    /// The current row's place, if there is one.
    pub(super) fn seq(&self) -> Option<i64> {
        self.seq
    }

    /// The current row's line.
    pub(super) fn line(&self) -> u64 {
        self.records.line()
    }

    /// What stands there.
    pub(super) fn current(&self) -> &[u8] {
        self.records.current()
    }

    /// How it is written.
    pub(super) fn division(&self) -> Division {
        self.division
    }

    /// How many rows were gone past.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Goes to the next row.
    pub(super) fn advance(&mut self) -> Result<(), Discovery> {
        if self.seq.is_some() {
            self.count += 1;
        }
        self.seq = None;
        if self.step()? {
            let seq = read::place(self.records.current(), self.division == Division::Csv);
            self.seq = Some(seq.map_err(|malformed| self.discovery(malformed.to_string()))?);
        }
        Ok(())
    }

    fn step(&mut self) -> Result<bool, Discovery> {
        self.records.advance().map_err(|broken| {
            self.discovery(match broken {
                Broken::Damage(Damage::CutShort) => "the file ends in the middle of what is packed",
                Broken::Damage(Damage::NotGzip) => "from somewhere after this line on it is not gzip, or damaged",
                Broken::Unfinished => "the last line has no end",
                Broken::TooLong => "it is longer than any row can be",
            })
        })
    }

    /// Something is wrong with the current line.
    pub(super) fn discovery(&self, reason: impl Into<String>) -> Discovery {
        Discovery::in_line(Kind::Malformed, self.role, self.line(), reason)
    }
}
