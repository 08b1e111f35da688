//! openapi.yaml, read.

use std::{fs, path::PathBuf};

use serde_json::Value;

/// The methods of HTTP that a path item may have (OpenAPI 3.1, section 4.8.9).
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The description of the API.
pub(crate) struct Description(Value);

/// One operation of it.
#[derive(Debug)]
pub(crate) struct Operation<'a> {
    /// In upper case.
    pub(crate) method: String,
    pub(crate) path: &'a str,
    pub(crate) value: &'a Value,
}

impl Description {
    /// Reads it.
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(Self::file()).expect("openapi.yaml can be read");
        Self(yaml_serde::from_str(&text).unwrap_or_else(|error| panic!("openapi.yaml: {error}")))
    }

    /// Where it lies; known without the world.
    pub(super) fn file() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.yaml"))
    }

    /// Every operation.
    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.0["paths"].as_object().expect("it has paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                let value = item.get(method)?;
                Some(Operation { method: method.to_ascii_uppercase(), path, value })
            })
        });
        operations.collect()
    }

    /// The schema of that name.
    pub(super) fn schema(&self, name: &str) -> &Value {
        self.resolve(&self.0["components"]["schemas"][name])
    }

    /// What a reference stands for; anything else stands for itself.
    pub(super) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return value };
        let pointer = reference.strip_prefix('#').expect("references stay inside");
        self.resolve(self.0.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere")))
    }

    /// The responses of an operation, by status.
    pub(super) fn responses<'a>(&'a self, operation: &Operation<'a>) -> Vec<(&'a str, &'a Value)> {
        let responses = operation.value["responses"].as_object().expect("an operation has responses");
        responses.iter().map(|(status, response)| (status.as_str(), self.resolve(response))).collect()
    }

    /// The media types of a request's or a response's body, each with its definition.
    pub(super) fn contents<'a>(&'a self, body: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let contents = self.resolve(body).get("content").and_then(Value::as_object);
        contents.into_iter().flatten().map(|(media_type, content)| (media_type.as_str(), content)).collect()
    }
}
