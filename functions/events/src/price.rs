//! Prices: integers in minor units inside, euros with decimals on pages. Never floating point.

/// The highest price, in cents.
pub(crate) const HIGHEST: i32 = 1_000_000;

/// Reads an amount as people type it: `45`, `45.5`, `45,50`, with or without the sign. Gives cents; `None` for anything
/// else, a thousands separator included, because `1.250` means two things.
pub(crate) fn parse_euros(text: &str) -> Option<i64> {
    let text = text.trim();
    let amount = text.strip_prefix('€').or_else(|| text.strip_suffix('€')).unwrap_or(text).trim();
    let (euros, cents) = amount.split_once(['.', ',']).unwrap_or((amount, "00"));
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(euros) || !is_digits(cents) || euros.len() > 9 || cents.len() > 2 {
        return None;
    }
    let (euros, cents): (i64, i64) = (euros.parse().ok()?, format!("{cents:0<2}").parse().ok()?);
    Some(euros * 100 + cents)
}

#[cfg(test)]
mod tests {
    use eleva::page::format_euros;

    use super::parse_euros;

    #[test]
    fn amounts_are_read_with_point_or_comma() {
        for (text, cents) in [
            ("45.00", 4500),
            ("45,00", 4500),
            ("45", 4500),
            (" 45,5 ", 4550),
            ("0", 0),
            ("0.07", 7),
            ("€ 45", 4500),
            ("45.10 €", 4510),
            ("10000.01", 1_000_001),
            ("007", 700),
        ] {
            assert_eq!(parse_euros(text), Some(cents), "{text}");
        }
    }

    #[test]
    fn what_could_mean_two_things_or_nothing_is_refused() {
        for text in
            ["", "€", "free", "-1", "+1", "1.250", "1.250,00", "1 250", "1e3", "45.", ".5", "4 5", "٤٥", "9999999999"]
        {
            assert_eq!(parse_euros(text), None, "{text}");
        }
    }

    #[test]
    fn a_form_shows_what_it_would_read() {
        for cents in [0, 7, 50, 4500, 1_000_000] {
            assert_eq!(parse_euros(&format_euros(cents)), Some(i64::from(cents)));
        }
    }
}
