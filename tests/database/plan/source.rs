//! The SQL that stands in the functions' source, so that no statement is left out.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::app::world;

/// Every statement of the functions and of what they share, by file and line.
pub(super) fn statements() -> BTreeMap<String, String> {
    let repository = &world().repository;
    let mut crates = vec![repository.join("shared")];
    crates.extend(entries(&repository.join("functions")));
    let mut found = BTreeMap::new();
    for folder in crates {
        let sources: Vec<(PathBuf, String)> = files(&folder.join("src"))
            .into_iter()
            .map(|path| {
                let text = fs::read_to_string(&path).expect("source can be read");
                // Tests stand last.
                let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                (path, text)
            })
            .collect();
        let macros: BTreeMap<String, String> = sources.iter().flat_map(|(_, text)| macros(text)).collect();
        for (path, text) in &sources {
            let place = path.strip_prefix(repository).unwrap_or(path).display();
            for (line, literal) in literals(text, &macros) {
                if is_sql(&literal) {
                    found.insert(format!("{place}:{line}"), literal);
                }
            }
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) = entries(folder).into_iter().partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| self::files(folder));
    files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).chain(below).collect()
}

fn is_sql(literal: &str) -> bool {
    let mut words = literal.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match first {
        "select" => !second.is_empty(),
        "insert" => second == "into",
        "delete" => second == "from",
        "update" => words.any(|word| word == "set"),
        "with" => words.next() == Some("as"),
        _ => false,
    }
}

/// Macros without arguments that stand for one literal, like the columns of a table.
fn macros(text: &str) -> Vec<(String, String)> {
    let definitions = text.split("macro_rules! ").skip(1);
    definitions
        .filter_map(|definition| {
            let (name, body) = definition.split_once(" {")?;
            let body = body.trim_start().strip_prefix("() => {")?;
            let (literal, _) = literal(body.trim_start())?;
            Some((name.to_owned(), literal))
        })
        .collect()
}

/// Every string literal with its line; what `concat!` puts together is one.
fn literals(text: &str, macros: &BTreeMap<String, String>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    let line = |rest: &str| text[..text.len() - rest.len()].matches('\n').count() + 1;
    while !rest.is_empty() {
        let at = line(rest);
        if let Some(parts) = rest.strip_prefix("concat!(") {
            let (whole, after) = concatenated(parts, macros);
            found.push((at, whole));
            rest = after;
        } else if let Some((literal, after)) = literal(rest) {
            found.push((at, literal));
            rest = after;
        } else {
            rest = after_token(rest);
        }
    }
    found
}

/// What stands between the parentheses of `concat!`, and what comes after them.
fn concatenated<'a>(parts: &'a str, macros: &BTreeMap<String, String>) -> (String, &'a str) {
    let (mut whole, mut rest) = (String::new(), parts);
    loop {
        rest = rest.trim_start_matches(|character: char| character.is_whitespace() || character == ',');
        if let Some(after) = rest.strip_prefix(')') {
            return (whole, after);
        } else if let Some((literal, after)) = literal(rest) {
            whole.push_str(&literal);
            rest = after;
        } else if let Some((name, after)) = rest.split_once("!()") {
            whole.push_str(macros.get(name).unwrap_or_else(|| panic!("concat! with the macro {name}")));
            rest = after;
        } else {
            panic!("concat! of something else: {}", rest.lines().next().unwrap_or_default());
        }
    }
}

/// A string literal at the beginning, and what comes after it.
fn literal(text: &str) -> Option<(String, &str)> {
    for (opening, closing) in [("r#\"", "\"#"), ("r\"", "\"")] {
        if let Some((literal, after)) = text.strip_prefix(opening).and_then(|text| text.split_once(closing)) {
            return Some((literal.to_owned(), after));
        }
    }
    let (mut literal, mut characters) = (String::new(), text.strip_prefix('"')?.chars());
    loop {
        match characters.next()? {
            '"' => return Some((literal, characters.as_str())),
            '\\' => match characters.next()? {
                '\n' => characters = characters.as_str().trim_start().chars(),
                'n' => literal.push('\n'),
                other => literal.push(other),
            },
            character => literal.push(character),
        }
    }
}

/// What comes after a comment, a character, a word, or anything else at the beginning.
fn after_token(text: &str) -> &str {
    if text.starts_with("//") {
        return text.split_once('\n').map_or("", |(_, after)| after);
    }
    let mut characters = text.chars();
    match characters.next() {
        Some('\'') => match (characters.next(), characters.next()) {
            (Some('\\'), Some(_)) => characters.as_str().split_once('\'').map_or("", |(_, after)| after),
            (Some(_), Some('\'')) => characters.as_str(),
            // A lifetime.
            _ => &text[1..],
        },
        // A word whose last letter is an r begins no raw string.
        Some(letter) if letter.is_alphanumeric() || letter == '_' => {
            let end = text.find(|character: char| !character.is_alphanumeric() && character != '_');
            &text[end.unwrap_or(text.len())..]
        }
        _ => characters.as_str(),
    }
}

#[test]
fn literals_are_found_whatever_stands_around_them() {
    let text = r##"
        // A "comment".
        macro_rules! columns { () => { r#"id, "order""# }; }
        const QUOTE: char = '"';
        fn borrowed<'a>(text: &'a str) -> char { '\'' }
        const LIST: &str = concat!("select ", columns!(), "
            from events");
        const OTHER: &str = "one \"two\" \
            three";
    "##;
    let macros = macros(text).into_iter().collect();
    let found: Vec<String> = literals(text, &macros).into_iter().map(|(_, literal)| literal).collect();
    let list = "select id, \"order\"\n            from events";
    assert_eq!(found, ["id, \"order\"", list, "one \"two\" three"]);
}
