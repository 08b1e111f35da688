//! Bars, as the pages draw them: geometry only, colours are the stylesheet's.

use eleva::audit::Category;
use jiff::civil::Date;

use crate::{tally::Tally, wording};

/// The height of the highest bar of the days.
const HEIGHT: f64 = 100.0;
/// The width of a day's bar; what is left of 1 is the gap to the next.
const BAR: f64 = 0.8;
/// The length of the longest bar of the categories.
const LENGTH: f64 = 190.0;
/// What a category takes, from one to the next.
const ROW: usize = 28;
/// The least that is drawn of what there is, so that one among thousands is seen.
const LEAST: f64 = 1.5;

/// A bar for every day, from left to right.
pub(crate) struct DayChart {
    pub(crate) bars: Vec<DayBar>,
    /// The day with most, if there was anything.
    pub(crate) highest: Option<(Date, i64)>,
}

/// A day's bar; the place of a day is 1 wide.
pub(crate) struct DayBar {
    pub(crate) date: Date,
    pub(crate) count: i64,
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) width: String,
    pub(crate) height: String,
}

/// A bar for every category, from top to bottom.
pub(crate) struct CategoryChart {
    pub(crate) bars: Vec<CategoryBar>,
    pub(crate) height: usize,
}

/// A category's bar, with where its name and its count stand.
pub(crate) struct CategoryBar {
    pub(crate) name: String,
    pub(crate) count: i64,
    pub(crate) y: usize,
    pub(crate) text_y: usize,
    pub(crate) length: String,
    pub(crate) count_x: String,
}

impl DayChart {
    /// The chart of a report.
    pub(crate) fn of(tally: &Tally) -> Self {
        // Of several days with most, the last.
        let highest = tally.by_day.iter().max_by_key(|day| day.count).filter(|day| day.count > 0);
        let most = highest.map_or(1, |day| day.count);
        let bar = |(position, day): (usize, &crate::tally::DayCount)| {
            let height = scaled(day.count, most, HEIGHT);
            DayBar {
                date: day.date,
                count: day.count,
                x: format!("{:.1}", position as f64 + (1.0 - BAR) / 2.0),
                y: format!("{:.1}", HEIGHT - height),
                width: format!("{BAR:.1}"),
                height: format!("{height:.1}"),
            }
        };
        Self {
            bars: tally.by_day.iter().enumerate().map(bar).collect(),
            highest: highest.map(|day| (day.date, day.count)),
        }
    }
}

impl CategoryChart {
    /// The left end of every bar; names stand before it.
    pub(crate) const LEFT: usize = 110;

    /// The chart of a report.
    pub(crate) fn of(tally: &Tally) -> Self {
        let most = tally.by_category.iter().map(|(_, count)| *count).max().unwrap_or_default().max(1);
        let bar = |(position, (category, count)): (usize, &(Category, i64))| {
            let length = scaled(*count, most, LENGTH);
            CategoryBar {
                name: wording::category(category),
                count: *count,
                y: position * ROW + 4,
                text_y: position * ROW + 19,
                length: format!("{length:.1}"),
                count_x: format!("{:.1}", Self::LEFT as f64 + length + 6.0),
            }
        };
        Self { bars: tally.by_category.iter().enumerate().map(bar).collect(), height: tally.by_category.len() * ROW }
    }
}

fn scaled(count: i64, most: i64, longest: f64) -> f64 {
    match count {
        0 => 0.0,
        count => (count as f64 / most as f64 * longest).max(LEAST),
    }
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn bars_are_as_long_as_their_counts_and_never_too_short_to_be_seen() {
        assert_eq!([0, 5, 10].map(|count| scaled(count, 10, 100.0)), [0.0, 50.0, 100.0]);
        assert_eq!(scaled(1, 1_000_000, 100.0), 1.5);
    }
}
