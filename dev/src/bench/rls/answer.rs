//! What a statement is to answer: sides are compared only where they do the same.

use tokio_postgres::Row;

/// What comes back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// So many rows.
    Rows(usize),
    /// One row, with this number.
    Count(u32),
}

impl Answer {
    /// Whether these rows are it.
    pub(super) fn is(self, rows: &[Row]) -> bool {
        match self {
            Self::Rows(expected) => rows.len() == expected,
            Self::Count(expected) => match rows {
                [row] => row.try_get(0).is_ok_and(|count: i64| count == i64::from(expected)),
                _ => false,
            },
        }
    }
}
