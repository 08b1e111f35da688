//! Random values of every kind that a row may hold.

use serde_json::Value;

use crate::database::model::random::Random;

/// Pieces of text: quotes, backslashes, control characters, combining marks and those beyond the first plane.
const PIECES: [&str; 20] = [
    "a",
    "Z",
    "0",
    " ",
    "\"",
    "'",
    "\\",
    "\\u0041",
    "\n",
    "\t",
    "\u{1}",
    "\u{7f}",
    "é",
    "e\u{301}",
    "\u{200d}",
    "日本",
    "😀",
    "🏳️‍🌈",
    "\u{10ffff}",
    "\u{feff}",
];

/// Numbers as JSON writes them; PostgreSQL keeps every digit.
const NUMBERS: [&str; 14] = [
    "0",
    "-0",
    "1",
    "-17",
    "1.500",
    "-0.001",
    "1e5",
    "1E-7",
    "-2.5e+10",
    "9007199254740993",
    "123456789012345678901234567890",
    "0.1000000000000000055511151231257827",
    "1e300",
    "-9223372036854775809",
];

const ADDRESSES: [&str; 7] = [
    "203.0.113.9",
    "10.0.0.0/8",
    "255.255.255.255",
    "::1",
    "2001:db8::8:800:200c:417a",
    "::ffff:192.0.2.1",
    "fe80::/10",
];

/// A text of up to so many pieces, which may be empty.
pub(super) fn text(random: &mut Random, most: usize) -> String {
    (0..random.below(most + 1)).map(|_| PIECES[random.below(PIECES.len())]).collect()
}

/// Nothing, or a text of up to so many pieces.
pub(super) fn optional_text(random: &mut Random, most: usize) -> Option<String> {
    (!random.one_in(3)).then(|| text(random, most))
}

/// Nothing, or a text that is not empty.
pub(super) fn optional_id(random: &mut Random) -> Option<String> {
    (!random.one_in(3)).then(|| format!("x{}", text(random, 8)))
}

/// Nothing, or an address of either family.
pub(super) fn optional_address(random: &mut Random) -> Option<&'static str> {
    (!random.one_in(4)).then(|| ADDRESSES[random.below(ADDRESSES.len())])
}

/// Nothing, or the text of a JSON object.
pub(super) fn optional_object(random: &mut Random) -> Option<String> {
    (!random.one_in(4)).then(|| object(random, 3))
}

fn object(random: &mut Random, depth: usize) -> String {
    let members = (0..random.below(4)).map(|_| format!("{}: {}", string(random), value(random, depth)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn value(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 4 } else { 6 }) {
        0 => "null".to_owned(),
        1 => if random.one_in(2) { "true" } else { "false" }.to_owned(),
        2 => NUMBERS[random.below(NUMBERS.len())].to_owned(),
        3 => string(random),
        4 => object(random, depth - 1),
        _ => {
            let items = (0..random.below(4)).map(|_| value(random, depth - 1));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
    }
}

fn string(random: &mut Random) -> String {
    Value::String(text(random, 6)).to_string()
}
