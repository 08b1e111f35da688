//! Amounts of money, as pages show them.

/// An amount in cents as a form shows it: `45.00`.
pub fn format_euros(cents: i32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A price in cents of a currency (ISO 4217, in lower case), as people read it: `€60.00`, `USD 60.00`, `Free`.
pub fn price(cents: i32, currency: &str) -> String {
    match (cents, currency) {
        (0, _) => "Free".to_owned(),
        (cents, "eur") => format!("€{}", format_euros(cents)),
        (cents, other) => format!("{} {}", other.to_uppercase(), format_euros(cents)),
    }
}

#[cfg(test)]
mod tests {
    use super::price;

    #[test]
    fn prices_read_well() {
        assert_eq!([0, 5, 6000].map(|cents| price(cents, "eur")), ["Free", "€0.05", "€60.00"]);
        assert_eq!([0, 6000].map(|cents| price(cents, "usd")), ["Free", "USD 60.00"]);
    }
}
