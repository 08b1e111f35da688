//! How many items a page of a list has.

use std::fmt;

use super::{
    problem::{FieldError, Problem},
    query::Query,
};

const DEFAULT: i64 = 50;
const HIGHEST: i64 = 200;

/// The parameter `limit`: 1 to 200 items, 50 where nothing is said.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    items: usize,
    fetched: i64,
}

impl Default for Limit {
    fn default() -> Self {
        Self::of(DEFAULT)
    }
}

impl Limit {
    fn of(items: i64) -> Self {
        Self { items: items as usize, fetched: items + 1 }
    }

    /// Reads a query. Errors: `malformed` for what is no number, `invalid` for one out of the range.
    pub fn read(query: &Query) -> Result<Self, Problem> {
        match query.parsed("limit", |text| text.parse::<usize>().ok())?.map(i64::try_from) {
            None => Ok(Self::default()),
            Some(Ok(items @ 1..=HIGHEST)) => Ok(Self::of(items)),
            Some(_) => Err(Problem::invalid(vec![FieldError::new("limit", "Give a number from 1 to 200.")])),
        }
    }

    /// How many rows to fetch: one more than the page has, since whether that one comes says whether there is a next
    /// page.
    pub fn fetched(&self) -> &i64 {
        &self.fetched
    }

    /// Takes the row beyond the page off it, and gives the page's last item if there is a next page.
    pub fn cut<'a, T>(&self, items: &'a mut Vec<T>) -> Option<&'a T> {
        if items.len() <= self.items {
            return None;
        }
        items.truncate(self.items);
        items.last()
    }
}

impl fmt::Display for Limit {
    /// The number, as a query gives it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::Limit;
    use crate::http::Query;

    fn read(query: &str) -> Result<Limit, &'static str> {
        Limit::read(&Query::parse(query)).map_err(|problem| problem.code())
    }

    #[test]
    fn a_limit_is_a_number_from_1_to_200() {
        for (query, items) in [("", "50"), ("limit=", "50"), ("limit=1", "1"), ("limit=200", "200")] {
            assert_eq!(read(query).expect("a limit").to_string(), items, "{query}");
        }
        for query in ["limit=0", "limit=201", "limit=18446744073709551615"] {
            assert_eq!(read(query).expect_err("out of range"), "invalid", "{query}");
        }
        for query in ["limit=ten", "limit=-1", "limit=1.0", "limit=1&limit=2", "limit=18446744073709551616"] {
            assert_eq!(read(query).expect_err("no number"), "malformed", "{query}");
        }
    }

    #[test]
    fn one_more_row_than_the_page_has_says_that_there_is_a_next_one() {
        let limit = read("limit=2").expect("a limit");
        assert_eq!(*limit.fetched(), 3);
        let (mut all, mut more) = (vec![1, 2], vec![1, 2, 3]);
        assert_eq!(limit.cut(&mut all), None);
        assert_eq!(all, [1, 2]);
        assert_eq!(limit.cut(&mut more), Some(&2));
        assert_eq!(more, [1, 2]);
    }
}
