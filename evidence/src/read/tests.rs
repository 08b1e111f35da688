//! What is written is read as it was, and nothing else is read.

use proptest::{option, prelude::*};
use uuid::Uuid;

use super::{Malformed, Scratch, csv, jsonl, left_out};
use crate::{
    chain::{Body, Header},
    left_out::LeftOut,
    row::{COLUMNS, Row},
};

/// Texts that formats stumble over.
fn text() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        Just("\""),
        Just("\"\""),
        Just("\\"),
        Just("\r\n"),
        Just("\n"),
        Just("\r"),
        Just("\t"),
        Just("'"),
        Just("''"),
        Just("="),
        Just("+1"),
        Just("-"),
        Just("@"),
        Just(","),
        Just("null"),
        Just("é"),
        Just("\u{1f600}"),
        Just("\u{feff}"),
        Just("\u{2028}"),
        Just("\u{7f}"),
        Just("\u{1}"),
        Just("\u{8}\u{c}"),
        Just("{"),
        Just("}"),
    ];
    let any = "[^\0]{0,6}";
    prop_oneof![
        prop::collection::vec(prop_oneof![odd.prop_map(str::to_owned), any], 0..5).prop_map(|parts| parts.concat()),
        "[A-Za-z0-9_]{0,12}",
    ]
}

/// An object as PostgreSQL prints one.
fn document() -> impl Strategy<Value = String> {
    (text(), text(), any::<bool>(), "[a-z]{1,11}|imported_at").prop_map(|(one, other, is_nested, key)| {
        let [one, other] = [one, other].map(|text| serde_json::to_string(&text).expect("JSON"));
        match is_nested {
            true => format!("{{\"{key}\": [{one}, {{\"b\": {other}}}, 1.500, null]}}"),
            false => format!("{{\"{key}\": {one}}}"),
        }
    })
}

/// A row that owns what it says.
#[derive(Clone, Debug)]
struct Owned {
    numbers: (i64, i64, u128, u128),
    names: [String; 4],
    texts: [Option<String>; 6],
    documents: [Option<String>; 3],
    salt: [u8; 16],
    hash: [u8; 32],
}

prop_compose! {
    fn row()(
        numbers in (crate::chain::PLACES, -62_000_000_000_000_000..250_000_000_000_000_000_i64, any::<u128>(), any::<u128>()),
        names in [text(), text(), text(), text()],
        texts in [
            option::of(text()), option::of(text()), option::of(text()),
            option::of(text()), option::of(text()), option::of(text()),
        ],
        documents in [option::of(document()), option::of(document()), option::of(document())],
        salt in any::<[u8; 16]>(),
        hash in any::<[u8; 32]>(),
    ) -> Owned {
        Owned { numbers, names, texts, documents, salt, hash }
    }
}

impl Owned {
    fn as_row(&self) -> Row<'_> {
        let (seq, created_at, id, org_id) = self.numbers;
        let [action, resource_type, outcome, actor_type] = &self.names;
        let [workos_user_id, impersonator, resource_id, ip_address, user_agent, request_id] =
            self.texts.each_ref().map(Option::as_deref);
        let [old_values, new_values, metadata] = self.documents.each_ref().map(Option::as_deref);
        let is_imported = metadata.is_some_and(|metadata| metadata.starts_with("{\"imported_at\": "));
        let (id, org_id) = (Uuid::from_u128(id), Uuid::from_u128(org_id));
        Row {
            header: Header { id, org_id, seq, created_at, action, resource_type, outcome, is_imported },
            body: Body {
                salt: &self.salt,
                workos_user_id,
                actor_type,
                impersonator,
                resource_id,
                old_values,
                new_values,
                ip_address,
                user_agent,
                request_id,
                metadata,
            },
            hash: self.hash,
        }
    }
}

/// Any text, and often what a spreadsheet would take for a formula or what a parser would go astray at.
fn any_text() -> impl Strategy<Value = String> {
    let first = prop_oneof![Just(None), option::of(prop::sample::select(crate::csv::FORMULA.to_vec()))];
    let rest = prop_oneof![any::<String>(), text()];
    (first, rest).prop_map(|(first, rest)| first.into_iter().chain(rest.chars()).collect())
}

/// The record of a row with that text in it, and the text as its cell stands there.
fn with_cell(text: &str) -> (Vec<u8>, String) {
    let record = |text: &str| {
        let owned = Owned { texts: [Some(text.to_owned()), None, None, None, None, None], ..plain() };
        written(crate::csv::write, &owned.as_row(), b"\r\n")
    };
    let (record, other) = (record(text), record("u"));
    // What is around it is the same in both.
    let begin = other.windows(3).position(|bytes| bytes == b",u,").expect("a cell") + 1;
    let cell = record[begin..record.len() - (other.len() - begin - 1)].to_vec();
    (record, String::from_utf8(cell).expect("UTF-8"))
}

fn read_cell(record: &[u8]) -> Result<Option<String>, Malformed> {
    csv::parse(record, &mut Scratch::default()).map(|row| row.body.workos_user_id.map(str::to_owned))
}

type Write = fn(&Row<'_>, &mut Vec<u8>) -> Result<(), crate::row::Unwritable>;

fn written(write: Write, row: &Row<'_>, line_end: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write(row, &mut out).expect("a time that can be written");
    out.strip_suffix(line_end).expect("a line end").to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_as_json_lines_is_read_as_it_was(owned in row()) {
        let line = written(crate::jsonl::write, &owned.as_row(), b"\n");
        prop_assert!(!line.contains(&b'\n'));
        let mut scratch = Scratch::default();
        prop_assert_eq!(jsonl::parse(&line, &mut scratch), Ok(owned.as_row()));
    }

    #[test]
    fn what_is_written_as_csv_is_read_as_it_was(owned in row()) {
        let record = written(crate::csv::write, &owned.as_row(), b"\r\n");
        let mut scratch = Scratch::default();
        prop_assert_eq!(csv::parse(&record, &mut scratch), Ok(owned.as_row()));
    }

    #[test]
    fn d5_any_text_is_a_cell_that_begins_no_formula_and_is_read_as_it_was(text in any_text()) {
        let (record, cell) = with_cell(&text);
        let begins = cell.strip_prefix('"').unwrap_or(&cell);
        prop_assert!(!begins.starts_with(['=', '+', '-', '@', '\t', '\n', '\r']), "{cell:?}");
        prop_assert_eq!(read_cell(&record), Ok(Some(text)));
    }

    /// The apostrophe in front is there when it has to be, and only then.
    #[test]
    fn d5_a_cell_with_an_apostrophe_more_or_less_is_not_read_as_what_it_was(text in any_text()) {
        let (record, cell) = with_cell(&text);
        let record = String::from_utf8(record).expect("UTF-8");
        let quote = if cell.starts_with('"') { "\"" } else { "" };
        let inner = &cell[quote.len()..];
        let more = format!("{quote}'{inner}");
        let less = inner.strip_prefix('\'').map(|inner| format!("{quote}{inner}"));
        for other in [Some(more), less].into_iter().flatten() {
            let record = record.replacen(&format!(",{cell},"), &format!(",{other},"), 1);
            prop_assert_ne!(read_cell(record.as_bytes()), Ok(Some(text.clone())), "{}", other);
        }
    }

    #[test]
    fn what_is_written_of_a_row_left_out_is_read_as_it_was(owned in row()) {
        let Row { header, hash, body } = owned.as_row();
        let row = LeftOut { header, body_hash: body.hash(), hash };
        let mut out = Vec::new();
        crate::left_out::write(&row, &mut out).expect("a time that can be written");
        let line = out.strip_suffix(b"\n").expect("a line end");
        let mut scratch = Scratch::default();
        prop_assert_eq!(left_out::parse(line, header.org_id, &mut scratch), Ok(row));
    }

    /// Whatever is read is what the writer writes of it: there is one way to write a row.
    #[test]
    fn a_changed_byte_is_an_error_or_another_row(owned in row(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for (write, line_end) in [(crate::jsonl::write as Write, b"\n".as_slice()), (crate::csv::write, b"\r\n")] {
            let mut line = written(write, &owned.as_row(), line_end);
            let at = at.index(line.len());
            prop_assume!(line[at] != byte);
            line[at] = byte;
            let mut scratch = Scratch::default();
            let row = match line_end.len() {
                1 => jsonl::parse(&line, &mut scratch),
                _ => csv::parse(&line, &mut scratch),
            };
            if let Ok(row) = row {
                prop_assert_ne!(row, owned.as_row());
                prop_assert_eq!(written(write, &row, line_end), line);
            }
        }
    }
}

fn plain() -> Owned {
    Owned {
        numbers: (1, 0, 1, 2),
        names: ["A", "b", "success", "user"].map(str::to_owned),
        texts: [Some("u".to_owned()), None, None, None, Some(String::new()), None],
        documents: [Some("{\"a\": 1}".to_owned()), None, None],
        salt: [7; 16],
        hash: [9; 32],
    }
}

#[test]
fn fields_that_are_unknown_missing_twice_or_in_another_order_are_an_error_that_names_the_column() {
    let line = String::from_utf8(written(crate::jsonl::write, &plain().as_row(), b"\n")).expect("UTF-8");
    let parse = |line: &str| jsonl::parse(line.as_bytes(), &mut Scratch::default()).err();
    assert_eq!(parse(&line), None);
    for (from, to, wrong) in [
        ("\"outcome\":\"success\",", "", Malformed::Column("outcome")),
        ("\"outcome\"", "\"result\"", Malformed::Column("outcome")),
        (
            "\"action\":\"A\",\"resource_type\":\"b\"",
            "\"resource_type\":\"b\",\"action\":\"A\"",
            Malformed::Column("action"),
        ),
        ("\"outcome\":\"success\"", "\"outcome\":null", Malformed::Value("outcome")),
        ("\"seq\":1", "\"seq\":01", Malformed::Value("seq")),
        ("\"seq\":1", "\"seq\":+1", Malformed::Value("seq")),
        ("\"seq\":1", "\"seq\":-1", Malformed::Value("seq")),
        ("\"seq\":1", "\"seq\":0", Malformed::Value("seq")),
        ("\"seq\":1", "\"seq\":4611686018427387905", Malformed::Value("seq")),
        ("\"seq\":1", "\"seq\":9223372036854775808", Malformed::Value("seq")),
        ("\"seq\":1,", "\"seq\":1,\"seq\":1,", Malformed::Column("id")),
        ("{\"a\": 1}", "[1]", Malformed::Value("old_values")),
        ("{\"a\": 1}", "{\"a\": 1", Malformed::Column("new_values")),
        ("{\"a\": 1}", "{\"a\": 1}}", Malformed::Column("new_values")),
        ("\"user_agent\":\"\"", "\"user_agent\":\"\\u0041\"", Malformed::Value("user_agent")),
        ("\"user_agent\":\"\"", "\"user_agent\":\"\\/\"", Malformed::Value("user_agent")),
        ("\"user_agent\":\"\"", "\"user_agent\":\"\t\"", Malformed::Text),
        ("\"user_agent\":\"\"", "\"user_agent\": \"\"", Malformed::Value("user_agent")),
        ("\"salt\":\"07", "\"salt\":\"0707", Malformed::Value("salt")),
        ("\"hash\":\"09", "\"hash\":\"0A", Malformed::Value("hash")),
        ("1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00Z", Malformed::Value("created_at")),
        ("-000000000002", "-00000000000A", Malformed::Value("org_id")),
    ] {
        assert!(line.contains(from), "{from}");
        assert_eq!(parse(&line.replacen(from, to, 1)), Some(wrong), "{from} as {to}");
    }
    assert_eq!(parse(&format!("{line} ")), Some(Malformed::End));
    assert_eq!(parse(&line.replace("\"}", "\",\"prev_hash\":null}")), Some(Malformed::End));
}

#[test]
fn d5_every_character_that_begins_a_formula_is_marked_by_the_writer_and_asked_for_by_the_reader() {
    let owned = |text: &str| Owned { texts: [Some(text.to_owned()), None, None, None, None, None], ..plain() };
    for character in crate::csv::FORMULA {
        for rest in ["", "x", "'", "\"", ",", "\n"] {
            let text = format!("{character}{rest}");
            let (record, cell) = with_cell(&text);
            assert!(cell.trim_start_matches('"').starts_with(&format!("'{character}")), "{cell:?}");
            let mut scratch = Scratch::default();
            assert_eq!(csv::parse(&record, &mut scratch), Ok(owned(&text).as_row()), "{text:?}");
        }
    }
    // What is in need of none has none.
    for (cell, wrong) in [("'u", true), ("''u", false), ("'=u", false), ("=u", true), ("'", true), ("''", false)] {
        let (record, _) = with_cell("u");
        let record = String::from_utf8(record).expect("UTF-8").replacen(",u,", &format!(",{cell},"), 1);
        let expected = if wrong { Err(Malformed::Value("workos_user_id")) } else { Ok(Some(cell[1..].to_owned())) };
        assert_eq!(read_cell(record.as_bytes()), expected, "{cell}");
    }
}

#[test]
fn cells_that_are_quoted_or_marked_without_need_or_are_too_many_are_an_error() {
    let record = String::from_utf8(written(crate::csv::write, &plain().as_row(), b"\r\n")).expect("UTF-8");
    let parse = |record: &str| csv::parse(record.as_bytes(), &mut Scratch::default()).err();
    assert_eq!(parse(&record), None);
    for (from, to, wrong) in [
        (",u,", ",\"u\",", Malformed::Value("workos_user_id")),
        (",u,", ",'u,", Malformed::Value("workos_user_id")),
        (",u,", ",=u,", Malformed::Value("workos_user_id")),
        (",u,", ",u\",", Malformed::Value("workos_user_id")),
        (",u,", ",\"u,", Malformed::Value("resource_id")),
        (",A,", ",,", Malformed::Value("action")),
        (",\"\",", ",\"\"x,", Malformed::Column("request_id")),
        (",u,", ",", Malformed::Value("old_values")),
    ] {
        assert!(record.contains(from), "{from}");
        let found = parse(&record.replacen(from, to, 1));
        assert!(found == Some(wrong) || (from == ",u," && found.is_some()), "{from} as {to}: {found:?}");
    }
    assert_eq!(parse(&format!("{record},")), Some(Malformed::End));
    assert_eq!(csv::parse_names(COLUMNS.join(",").as_bytes()), Ok(()));
    assert_eq!(csv::parse_names(COLUMNS[1..].join(",").as_bytes()), Err(Malformed::Names));
}
