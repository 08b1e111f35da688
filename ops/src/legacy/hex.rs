//! Hexadecimal digits to bytes, whose buffers are cleared.

use zeroize::Zeroizing;

/// Bytes of pairs of lower-case digits; `None` for anything else.
pub(super) fn decode(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return None;
    }
    decode_any_case(digits)
}

/// Bytes of pairs of digits of either case; `None` for anything else.
pub(super) fn decode_any_case(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for [high, low] in pairs {
        let (high, low) = (char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    Some(bytes)
}
