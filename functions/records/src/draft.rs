//! What somebody writes: a text, and what belongs to it.

use eleva::http::{Field, Given, Input, Problem};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// The longest content, in bytes of UTF-8; `records_encrypted_content_check` leaves room for its envelope.
pub(crate) const LONGEST_CONTENT: usize = 262_144;
/// The longest metadata, in bytes of JSON without space; `records_encrypted_metadata_check` says the like.
pub(crate) const LONGEST_METADATA: usize = 16_384;

/// A record's content and metadata, before they are sealed. No `Debug`.
pub(crate) struct Draft {
    pub(crate) content: Zeroizing<String>,
    /// A JSON object without space between its parts.
    pub(crate) metadata: Option<Zeroizing<String>>,
}

/// A draft that is to take the place of what somebody has read.
pub(crate) struct Revision {
    pub(crate) draft: Draft,
    /// The version that was read.
    pub(crate) version: i32,
}

impl Draft {
    /// Reads a new record. Errors: `invalid`, with everything that is wrong at once; `too_large`.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Problem> {
        let mut errors = input.surplus(&["content", "metadata"]);
        let content = content(input).required(&mut errors);
        let metadata = metadata(input).optional(&mut errors).flatten();
        match content {
            Some(content) if errors.is_empty() => Self { content, metadata }.within_limits(),
            _ => Err(Problem::invalid(errors)),
        }
    }

    fn within_limits(self) -> Result<Self, Problem> {
        if self.content.len() > LONGEST_CONTENT {
            return Err(Problem::field_too_large("content", LONGEST_CONTENT));
        }
        if self.metadata.as_ref().is_some_and(|metadata| metadata.len() > LONGEST_METADATA) {
            return Err(Problem::field_too_large("metadata", LONGEST_METADATA));
        }
        Ok(self)
    }
}

impl Revision {
    /// Reads a change. Metadata must be said, null where there is none: leaving it out would lose what is there.
    /// Errors: those of [`Draft::read`].
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Problem> {
        let mut errors = input.surplus(&["content", "metadata", "version"]);
        let content = content(input).required(&mut errors);
        let metadata = metadata(input).required(&mut errors);
        let version = version(input).required(&mut errors);
        match (content, metadata, version) {
            (Some(content), Some(metadata), Some(version)) if errors.is_empty() => {
                Ok(Self { draft: Draft { content, metadata }.within_limits()?, version })
            }
            _ => Err(Problem::invalid(errors)),
        }
    }
}

/// The text, to the byte; only a form's line ends, which browsers write as CRLF, become what was typed.
fn content(input: &Input<'_>) -> Field<Zeroizing<String>> {
    let given = match input {
        Input::Json(_) => input.text("content"),
        Input::Form(form) => {
            form.get("content").map_or(Given::Nothing, |text| Given::Value(text.replace("\r\n", "\n")))
        }
    };
    let accept = |text: String| (!text.is_empty()).then(|| Zeroizing::new(text));
    Field { name: "content", rule: "Write something.", given: given.accept(accept) }
}

fn metadata(input: &Input<'_>) -> Field<Option<Zeroizing<String>>> {
    let object =
        |object: &Map<String, Value>| serde_json::to_string(object).ok().map(|text| Some(Zeroizing::new(text)));
    let given = match input {
        Input::Json(document) => match document.get("metadata") {
            None => Given::Nothing,
            Some(Value::Null) => Given::Value(None),
            Some(value) => value.as_object().and_then(object).map_or(Given::Unacceptable, Given::Value),
        },
        Input::Form(_) => input.nullable_text("metadata").accept(|text| match text {
            None => Some(None),
            Some(text) => serde_json::from_str(&text).ok().as_ref().and_then(object),
        }),
    };
    let rule = match input {
        Input::Json(_) => "Give an object, or null.",
        Input::Form(_) => "Write a JSON object such as {\"mood\": \"calm\"}, or nothing.",
    };
    Field { name: "metadata", rule, given }
}

fn version(input: &Input<'_>) -> Field<i32> {
    let accept = |version| i32::try_from(version).ok().filter(|version| *version >= 1);
    let rule = "Give the version that you have read, a whole number from 1.";
    Field { name: "version", rule, given: input.integer("version").accept(accept) }
}

#[cfg(test)]
mod tests {
    use eleva::http::{Form, Input, Problem};
    use serde_json::{Value, json};

    use super::{Draft, LONGEST_CONTENT, LONGEST_METADATA, Revision};

    type Read = (String, Option<String>);

    fn read(draft: &Draft) -> Read {
        (draft.content.to_string(), draft.metadata.as_ref().map(|metadata| metadata.to_string()))
    }

    fn new(document: Value) -> Result<Read, Problem> {
        let Value::Object(object) = document else { panic!("an object") };
        Draft::read(&Input::Json(object)).map(|draft| read(&draft))
    }

    fn changed(document: Value) -> Result<(Read, i32), Problem> {
        let Value::Object(object) = document else { panic!("an object") };
        Revision::read(&Input::Json(object)).map(|revision| (read(&revision.draft), revision.version))
    }

    fn fields<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> Vec<String> {
        let problem = outcome.expect_err("refused");
        assert_eq!(problem.code(), "invalid");
        problem.errors().iter().map(|error| error.field.to_string()).collect()
    }

    #[test]
    fn a_text_is_taken_to_the_byte() {
        for text in [" ", "\0", "a\r\nb\rc\n", "\u{feff}🙂\u{fffd}", "\n\n"] {
            assert_eq!(new(json!({"content": text})).expect("a draft"), (text.to_owned(), None), "{text:?}");
        }
        let metadata = json!({"b": [1, 2.5], "a": {"é": null}});
        let (_, stored) = new(json!({"content": "x", "metadata": metadata})).expect("a draft");
        assert_eq!(stored.as_deref(), Some(r#"{"a":{"é":null},"b":[1,2.5]}"#));
        assert_eq!(new(json!({"content": "x", "metadata": null})).expect("a draft").1, None);
    }

    #[test]
    fn of_a_form_line_ends_are_folded_and_nothing_is_trimmed() {
        let form = Form::parse(b"content=%0D%0A+x+%0D%0A%0D&metadata=+%7B%22a%22:+1%7D%0D%0A&_org=o").expect("a form");
        let draft = Draft::read(&Input::Form(&form)).expect("a draft");
        assert_eq!(read(&draft), ("\n x \n\r".to_owned(), Some("{\"a\":1}".to_owned())));
        let form = Form::parse(b"content=x&metadata=+%0D%0A&version=2").expect("a form");
        let revision = Revision::read(&Input::Form(&form)).expect("a revision");
        assert_eq!((read(&revision.draft).1, revision.version), (None, 2));
        let form = Form::parse(b"content=&metadata=%7B&version=two").expect("a form");
        assert_eq!(fields(Revision::read(&Input::Form(&form)).map(drop)), ["content", "metadata", "version"]);
    }

    #[test]
    fn e4_a_change_says_what_it_was_made_of_and_leaves_nothing_out() {
        let complete = json!({"content": "x", "metadata": null, "version": 3});
        assert_eq!(changed(complete).expect("a revision"), (("x".to_owned(), None), 3));
        assert_eq!(fields(changed(json!({}))), ["content", "metadata", "version"]);
        for version in [json!(0), json!(-1), json!(2_147_483_648_i64), json!("1"), json!(1.5), json!(null)] {
            assert_eq!(fields(changed(json!({"content": "x", "metadata": {}, "version": version}))), ["version"]);
        }
    }

    #[test]
    fn b14_e5_what_is_no_text_no_object_or_not_for_callers_to_say_is_invalid() {
        for content in [json!(""), json!(1), json!(null), json!([]), json!({})] {
            assert_eq!(fields(new(json!({"content": content}))), ["content"]);
        }
        for metadata in [json!([]), json!("{}"), json!(1), json!(true)] {
            assert_eq!(fields(new(json!({"content": "x", "metadata": metadata}))), ["metadata"]);
        }
        for field in ["id", "org_id", "expert_id", "meeting_id", "guest_email", "version"] {
            let mut document = json!({"content": "x"});
            document[field] = json!("x");
            assert_eq!(fields(new(document)), [field]);
        }
    }

    #[test]
    fn e5_limits_count_bytes_and_include_their_ends() {
        let metadata = |length: usize| json!({"a": "x".repeat(length - r#"{"a":""}"#.len())});
        let (most, more) = ("é".repeat(LONGEST_CONTENT / 2), "x".repeat(LONGEST_CONTENT + 1));
        assert!(new(json!({"content": most, "metadata": metadata(LONGEST_METADATA)})).is_ok());
        for (document, field) in [
            (json!({"content": more}), "content"),
            (json!({"content": "x", "metadata": metadata(LONGEST_METADATA + 1)}), "metadata"),
        ] {
            let problem = new(document.clone()).expect_err("too large");
            assert_eq!((problem.status().as_u16(), problem.code()), (413, "too_large"));
            assert_eq!(problem.errors()[0].field, field);
            assert!(problem.detail().contains(field), "{}", problem.detail());
        }
    }
}
