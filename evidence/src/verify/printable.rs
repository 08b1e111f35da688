//! Texts of somebody else's as they may go to a terminal.

/// A text in which nothing moves the cursor, is not to be seen, or has what stands beside it read in another order: each
/// control character, line or paragraph separator and format character is a replacement character.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| if is_printable(character) { character } else { char::REPLACEMENT_CHARACTER })
        .collect()
}

fn is_printable(character: char) -> bool {
    let is_separator = matches!(character, '\u{2028}' | '\u{2029}');
    !character.is_control() && !is_separator && !is_format(character)
}

/// Whether a character's General_Category is Cf (Unicode 17.0, extracted/DerivedGeneralCategory.txt). U+2065, which is
/// not assigned but between such ones, counts as one.
fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0001}'
            | '\u{e0020}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_moves_the_cursor_or_is_not_to_be_seen_is_replaced_and_all_else_stays() {
        for character in [
            '\0',
            '\n',
            '\r',
            '\t',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2064}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            assert_eq!(printable(&format!("a{character}b")), "a\u{fffd}b", "{}", character.escape_unicode());
        }
        for text in
            ["Clínica Aurora, 2026–27", "عيادة", "診療所", "e\u{301}", "\u{a0}\u{2007}", "\u{1f600}", "\u{fffd}"]
        {
            assert_eq!(printable(text), text);
        }
    }
}
