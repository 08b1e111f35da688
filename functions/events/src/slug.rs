//! Slugs: the part of an event's address that people read.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The most characters of a slug.
const LONGEST: usize = 100;

/// Whether a text is a slug: words of `a`–`z` and digits, joined by single hyphens, 100 characters at most. The
/// database's `events_slug_check` says the same.
pub(crate) fn is_slug(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= LONGEST && text.split('-').all(|word| !word.is_empty() && word.bytes().all(is_letter))
}

/// The slug that a name gives: Latin letters without their marks, in lower case, digits, and hyphens for everything
/// between. `None` when nothing remains, as of a name in another script.
pub(crate) fn from_name(name: &str) -> Option<String> {
    let mut slug = String::new();
    let mut between_words = false;
    // NFKD takes letters and marks apart (é, ç, ã) and dissolves ligatures and superscripts (ﬁ, 1ª).
    for character in name.nfkd().flat_map(char::to_lowercase) {
        if is_combining_mark(character) || matches!(character, '\'' | '’') {
            continue;
        }
        let mut ascii = [0; 1];
        let letters = match character {
            'a'..='z' | '0'..='9' => Some(&*character.encode_utf8(&mut ascii)),
            _ => without_decomposition(character),
        };
        let Some(letters) = letters else {
            between_words = true;
            continue;
        };
        if between_words && !slug.is_empty() {
            slug.push('-');
        }
        between_words = false;
        slug.push_str(letters);
    }
    slug.truncate(LONGEST);
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// How the Latin letters are written that Unicode does not take apart.
fn without_decomposition(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ŋ' => "n",
        'ŧ' => "t",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, from_name, is_slug};

    #[test]
    fn a_name_becomes_a_slug() {
        for (name, slug) in [
            ("First consultation", "first-consultation"),
            ("  Sessão de coaching — 1ª vez (50 min)  ", "sessao-de-coaching-1a-vez-50-min"),
            ("Ça va? Été à Noël", "ca-va-ete-a-noel"),
            ("STRASSE, Straße & ŁÓDŹ", "strasse-strasse-lodz"),
            ("Women’s health / men's", "womens-health-mens"),
            ("Æsir Œuvre Þór Øre Đak", "aesir-oeuvre-thor-ore-dak"),
            ("e\u{301}cole", "ecole"),
            ("İstanbul ısı", "istanbul-isi"),
            ("100% Ozempic®", "100-ozempic"),
            ("日本語 session 2", "session-2"),
        ] {
            assert_eq!(from_name(name).as_deref(), Some(slug), "{name}");
        }
    }

    #[test]
    fn a_name_without_latin_letters_gives_none() {
        for name in ["", "---", "日本語", "Сессия", "🙂", "'’"] {
            assert_eq!(from_name(name), None, "{name}");
        }
    }

    #[test]
    fn whatever_a_name_gives_is_a_slug() {
        let long = format!("{} b", "a".repeat(LONGEST - 1));
        assert_eq!(from_name(&long).map(|slug| slug.len()), Some(LONGEST - 1));
        for name in [long.as_str(), "ß".repeat(200).as_str(), "ﷺ x", "a--b__c", "½ hour", "Ⅷ"] {
            assert!(from_name(name).is_some_and(|slug| is_slug(&slug)), "{name}");
        }
    }

    #[test]
    fn only_words_joined_by_single_hyphens_are_slugs() {
        let longest = "a".repeat(LONGEST);
        for slug in ["a", "0", "first-consultation", "a-1-b", longest.as_str()] {
            assert!(is_slug(slug), "{slug}");
        }
        let too_long = "a".repeat(LONGEST + 1);
        for other in ["", "-", "-a", "a-", "a--b", "A", "é", "a b", "a_b", "a\n", " a", "a/b", too_long.as_str()] {
            assert!(!is_slug(other), "{other:?}");
        }
    }
}
