//! template.yaml, read. A tag is an object of one field: `!Ref Key` is `{"!Ref": "Key"}`.

use std::{collections::BTreeMap, fs};

use serde_json::{Map, Value, json};

use super::source::{Function, repository};

/// The template.
pub(super) struct Template(Value);

/// A function of it.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// The logical id: `SignInFunction`.
    pub(super) id: &'a str,
    template: &'a Template,
    resource: &'a Value,
}

impl Template {
    /// Reads it.
    pub(super) fn read() -> Self {
        let text = fs::read_to_string(repository().join("template.yaml")).expect("template.yaml can be read");
        let template: yaml_serde::Value = yaml_serde::from_str(&text).expect("template.yaml is YAML");
        Self(serde_json::to_value(template).expect("its keys are texts"))
    }

    /// The value at a JSON pointer; null where there is none.
    pub(super) fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The logical ids of the resources of a type.
    pub(super) fn resources(&self, of_type: &str) -> Vec<&str> {
        let resources = self.0["Resources"].as_object().expect("it has resources");
        resources.iter().filter(|(_, resource)| resource["Type"] == of_type).map(|(id, _)| id.as_str()).collect()
    }

    /// Every function.
    pub(super) fn blocks(&self) -> Vec<Block<'_>> {
        let ids = self.resources("AWS::Serverless::Function").into_iter();
        ids.map(|id| Block { id, template: self, resource: &self.0["Resources"][id] }).collect()
    }

    /// The block of a function.
    pub(super) fn block(&self, function: &Function) -> Block<'_> {
        let id = format!("{}Function", function.stem());
        self.blocks().into_iter().find(|block| block.id == id).unwrap_or_else(|| {
            panic!("template.yaml has no {id} for functions/{}: give it one, as the others have it", function.name)
        })
    }
}

impl<'a> Block<'a> {
    /// The value at a JSON pointer in its resource; null where there is none.
    pub(super) fn at(self, pointer: &str) -> &'a Value {
        self.resource.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// A property: its own, else that of all functions.
    pub(super) fn property(self, name: &str) -> &'a Value {
        match &self.resource["Properties"][name] {
            Value::Null => self.template.at(&format!("/Globals/Function/{name}")),
            own => own,
        }
    }

    /// The variables of its environment, those of all functions included.
    pub(super) fn environment(self) -> BTreeMap<&'a str, &'a Value> {
        let of_all = self.template.at("/Globals/Function/Environment/Variables").as_object();
        let own = self.at("/Properties/Environment/Variables").as_object();
        let variables = of_all.into_iter().chain(own).flat_map(Map::iter);
        variables.map(|(name, value)| (name.as_str(), value)).collect()
    }
}

/// `!Ref id`.
pub(super) fn reference(id: &str) -> Value {
    json!({"!Ref": id})
}
