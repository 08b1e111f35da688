//! Exports, as people read of them.

/// A format: `JSON Lines`.
pub(crate) fn format(name: &str) -> &str {
    match name {
        "csv" => "CSV",
        "jsonl" => "JSON Lines",
        other => other,
    }
}

/// A size: `812 bytes`, `1.4 MB`.
pub(crate) fn size(bytes: &i64) -> String {
    const UNITS: [(i64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")];
    match UNITS.into_iter().find(|(unit, _)| bytes >= unit) {
        Some((unit, name)) => format!("{:.1} {name}", *bytes as f64 / unit as f64),
        None => format!("{bytes} bytes"),
    }
}

/// So many rows: `1 row`.
pub(crate) fn rows(count: &i64) -> String {
    match count {
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    }
}

/// How much is done, in whole percent; a hundred are all of it.
pub(crate) fn percent(progress: &f64) -> u8 {
    (progress * 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::{percent, rows, size};

    #[test]
    fn sizes_counts_and_parts_read_well() {
        let sizes = [0, 999, 1_000, 1_449_999, 2_000_000_000].map(|bytes| size(&bytes));
        assert_eq!(sizes, ["0 bytes", "999 bytes", "1.0 KB", "1.4 MB", "2.0 GB"]);
        assert_eq!([rows(&0), rows(&1), rows(&2)], ["0 rows", "1 row", "2 rows"]);
        assert_eq!([percent(&0.0), percent(&0.999), percent(&1.0)], [0, 99, 100]);
    }
}
