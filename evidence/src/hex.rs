//! Hashes and salts as text: lower-case hexadecimal digits, two for each byte.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends the digits of `bytes`.
pub fn write(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// The digits of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of exactly as many lower-case digits as they take.
pub fn decode<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * LENGTH {
        return None;
    }
    let mut bytes = [0; LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Writes bytes as digits, for `#[serde(with = "hex")]`.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(bytes))
}

/// Reads bytes from digits, for `#[serde(with = "hex")]`.
pub fn deserialize<'de, D: Deserializer<'de>, const LENGTH: usize>(deserializer: D) -> Result<[u8; LENGTH], D::Error> {
    let text = String::deserialize(deserializer)?;
    decode(&text).ok_or_else(|| D::Error::custom(format!("{} lower-case hexadecimal digits are expected", 2 * LENGTH)))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, write};

    #[test]
    fn digits_are_lower_case_and_exactly_as_many_as_it_takes() {
        let mut out = b"x".to_vec();
        write(&[0, 0xab, 0xff], &mut out);
        assert_eq!(out, b"x00abff");
        assert_eq!(encode(&[0, 0xab, 0xff]), "00abff");
        assert_eq!(decode("00abff"), Some([0, 0xab, 0xff]));
        for other in ["00abf", "00abff00", "00ABFF", "00abfg", "é0abf"] {
            assert_eq!(decode::<3>(other), None, "{other}");
        }
    }
}
