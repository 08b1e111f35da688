//! What a report counts: entries by category, by action, by person and by day.

use std::{cmp::Reverse, collections::BTreeMap};

use eleva::{
    audit::{Action, Category},
    database::Error,
    http::instant,
};
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use tokio_postgres::Row;

use crate::range::Range;

/// The most people that a report names: those who did most.
const MOST_USERS: usize = 100;

/// The statement's bit masks of the columns that a row does not group by: action, user, day.
const BY_ACTION: i32 = 0b011;
const BY_USER: i32 = 0b101;
const BY_DAY: i32 = 0b110;

/// A report. Every entry is counted once in `by_action`, once in `by_category` and once in `by_day`.
#[derive(Debug, Serialize)]
pub(crate) struct Tally {
    pub(crate) total_events: i64,
    /// Every category in its order, also those with nothing in them.
    #[serde(serialize_with = "category_counts")]
    pub(crate) by_category: Vec<(Category, i64)>,
    /// The actions that happened, in their order.
    #[serde(serialize_with = "action_counts")]
    pub(crate) by_action: Vec<(Action, i64)>,
    /// Who did most first, a hundred at most.
    pub(crate) by_user: Vec<UserCount>,
    /// Every day (UTC) that the range touches, also those with nothing in them.
    pub(crate) by_day: Vec<DayCount>,
}

/// What one person did.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct UserCount {
    /// The WorkOS user id; none for what nobody did.
    pub(crate) user_id: Option<String>,
    pub(crate) count: i64,
}

/// What happened on one day.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct DayCount {
    pub(crate) date: Date,
    pub(crate) count: i64,
}

/// What the statement counted, before it is put in order.
#[derive(Debug, Default)]
struct Counts {
    actions: BTreeMap<String, i64>,
    users: Vec<UserCount>,
    days: BTreeMap<Date, i64>,
}

impl Tally {
    /// Reads the answer to the report's statement.
    pub(crate) fn from_rows(rows: &[Row], range: Range) -> Result<Self, Error> {
        let mut counts = Counts::default();
        for row in rows {
            let count = row.try_get("count")?;
            match row.try_get("grouping")? {
                BY_ACTION => drop(counts.actions.insert(row.try_get("action")?, count)),
                BY_USER => counts.users.push(UserCount { user_id: row.try_get("workos_user_id")?, count }),
                BY_DAY => drop(counts.days.insert(row.try_get("day")?, count)),
                _ => return Err(Error::Shape("a grouping by action, user or day")),
            }
        }
        counts.in_order(range)
    }
}

impl Counts {
    fn in_order(mut self, range: Range) -> Result<Tally, Error> {
        let mut actions = self.actions;
        let by_action: Vec<(Action, i64)> =
            Action::ALL.iter().filter_map(|action| Some((*action, actions.remove(action.as_str())?))).collect();
        // The database takes no action but those of `Action`, and what is not counted would be a lie.
        if !actions.is_empty() {
            return Err(Error::Shape("known actions"));
        }
        let sum_of =
            |category| by_action.iter().filter(|(action, _)| action.category() == category).map(|one| one.1).sum();
        self.users
            .sort_by(|one, other| (Reverse(one.count), &one.user_id).cmp(&(Reverse(other.count), &other.user_id)));
        self.users.truncate(MOST_USERS);
        Ok(Tally {
            total_events: by_action.iter().map(|(_, count)| count).sum(),
            by_category: Category::ALL.map(|category| (category, sum_of(category))).to_vec(),
            by_user: self.users,
            by_day: days(range)
                .map(|date| DayCount { date, count: self.days.get(&date).copied().unwrap_or_default() })
                .collect(),
            by_action,
        })
    }
}

/// The days (UTC) that a range touches.
fn days(range: Range) -> impl Iterator<Item = Date> {
    let last = range.to - jiff::SignedDuration::from_micros(1);
    let last = instant::day(last);
    std::iter::successors(Some(instant::day(range.from)), move |day| (*day < last).then(|| day.tomorrow().ok())?)
}

fn category_counts<S: Serializer>(counts: &[(Category, i64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(category, count)| (category.as_str(), count)))
}

fn action_counts<S: Serializer>(counts: &[(Action, i64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(action, count)| (action.as_str(), count)))
}

#[cfg(test)]
mod tests {
    use eleva::{
        audit::{Action, Category},
        http::instant,
    };

    use super::{Counts, Tally, UserCount};
    use crate::range::Range;

    fn tally(from: &str, to: &str, counts: Counts) -> Tally {
        let moment = |text: &str| instant::parse(text).expect("a moment");
        counts.in_order(Range { from: moment(from), to: moment(to) }).expect("a tally")
    }

    fn days(from: &str, to: &str) -> Vec<String> {
        let tally = tally(from, to, Counts::default());
        tally.by_day.iter().map(|day| day.date.to_string()).collect()
    }

    #[test]
    fn d11_the_categories_add_up_to_the_whole() {
        let actions =
            Action::ALL.iter().enumerate().map(|(number, action)| (action.as_str().to_owned(), number as i64));
        let counts = Counts { actions: actions.collect(), ..Counts::default() };
        let tally = tally("2026-11-01", "2026-11-02", counts);
        let count = Action::ALL.len() as i64;
        assert_eq!(tally.total_events, count * (count - 1) / 2);
        assert_eq!(tally.by_category.iter().map(|(_, count)| count).sum::<i64>(), tally.total_events);
        assert_eq!(tally.by_category.iter().map(|(category, _)| *category).collect::<Vec<_>>(), Category::ALL);
    }

    #[test]
    fn d11_an_action_that_is_not_known_is_an_error_and_not_left_out() {
        let counts = Counts { actions: [("NOTHING".to_owned(), 1)].into(), ..Counts::default() };
        let moment = |text: &str| instant::parse(text).expect("a moment");
        assert!(counts.in_order(Range { from: moment("2026-11-01"), to: moment("2026-11-02") }).is_err());
    }

    #[test]
    fn every_day_that_a_range_touches_is_there_and_no_other() {
        assert_eq!(days("2026-11-01", "2026-11-02"), ["2026-11-01"]);
        assert_eq!(days("2026-11-01T23:59:59Z", "2026-11-02T00:00:01Z"), ["2026-11-01", "2026-11-02"]);
        assert_eq!(days("2028-02-28", "2028-03-01"), ["2028-02-28", "2028-02-29"]);
        assert_eq!(days("2026-11-01T12:00:00Z", "2026-11-01T12:00:01Z"), ["2026-11-01"]);
        assert_eq!(days("2028-01-01", "2029-01-01").len(), 366);
    }

    #[test]
    fn who_did_most_comes_first_and_there_is_an_end() {
        let user = |name: Option<&str>, count| UserCount { user_id: name.map(str::to_owned), count };
        let mut users: Vec<UserCount> = (0..200).map(|number| user(Some(&format!("user_{number:03}")), 1)).collect();
        users.push(user(None, 7));
        users.push(user(Some("user_most"), 8));
        let tally = tally("2026-11-01", "2026-11-02", Counts { users, ..Counts::default() });
        assert_eq!(tally.by_user.len(), 100);
        assert_eq!(tally.by_user[..3], [user(Some("user_most"), 8), user(None, 7), user(Some("user_000"), 1)]);
    }
}
