//! Amounts of money, as pages show them.

/// An amount in cents as a form shows it: `45.00`.
pub fn format_euros(cents: i32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A price in cents, as people read it: `€60.00`, `Free`.
pub fn price(cents: i32) -> String {
    match cents {
        0 => "Free".to_owned(),
        cents => format!("€{}", format_euros(cents)),
    }
}

#[cfg(test)]
mod tests {
    use super::price;

    #[test]
    fn prices_read_well() {
        assert_eq!([0, 5, 6000].map(price), ["Free", "€0.05", "€60.00"]);
    }
}
