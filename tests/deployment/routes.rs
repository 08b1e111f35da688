//! The API's routes are those of `cargo lambda watch`, and each leads to the function whose handler matches the path.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use dev::gateway::{Route, Routes};
use serde_json::Value;

use super::{
    source::{functions, repository},
    template::{Template, reference},
};
use crate::{
    openapi::description::Description,
    routes::completeness::{patterns, unnamed},
};

/// The routes of the template: route keys, as the API states them, each with its function's name.
fn deployed(template: &Template) -> BTreeMap<String, String> {
    let mut routes = BTreeMap::new();
    for function in functions().into_iter().filter(|function| !function.is_worker()) {
        let block = template.block(&function);
        let events = block.at("/Properties/Events").as_object();
        for (name, event) in events.into_iter().flatten() {
            assert_eq!(event["Type"], "HttpApi", "{name} of {}", block.id);
            let properties = &event["Properties"];
            assert_eq!(properties["ApiId"], reference("Api"), "{name} of {}", block.id);
            let key = match (&properties["Method"], &properties["Path"]) {
                (Value::Null, Value::Null) => "$default".to_owned(),
                (Value::String(method), Value::String(path)) => format!("{method} {path}"),
                (method, path) => panic!("{name} of {} has the method {method} and the path {path}", block.id),
            };
            let other = routes.insert(key.clone(), function.name.clone());
            assert_eq!(other, None, "template.yaml has {key} twice");
        }
    }
    routes
}

fn watched() -> Routes {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).expect("Cargo.toml can be read");
    Routes::from_manifest(&manifest).expect("it has watch routes")
}

/// The template's routes as something that finds the function of a path.
fn router(template: &Template) -> Routes {
    let pattern = |key: &str| match key.strip_prefix("ANY ") {
        Some(path) => path.replace("{proxy+}", "{*proxy}"),
        None => "/{*default}".to_owned(),
    };
    let routes = deployed(template).into_iter().map(|(key, function)| (pattern(&key), function));
    Routes::new(routes.collect()).expect("no route stands in another's way")
}

#[test]
fn the_api_has_the_watch_routes_and_no_others() {
    let template = Template::read();
    let deployed = deployed(&template);
    let watched: BTreeMap<String, String> = watched()
        .patterns()
        .map(|(pattern, function)| Route { pattern: pattern.to_owned(), function: function.to_owned() })
        .map(|route| (route.key(), route.function))
        .collect();
    for (key, function) in &watched {
        assert_eq!(
            deployed.get(key),
            Some(function),
            "template.yaml must lead {key} to {function}, as the watch routes of Cargo.toml do: give the function's \
             block an event of type HttpApi"
        );
    }
    for (key, function) in &deployed {
        assert!(
            watched.contains_key(key),
            "template.yaml leads {key} to {function}, and Cargo.toml has no such watch route: add it to \
             [workspace.metadata.lambda.watch.router]"
        );
    }
}

#[test]
fn every_described_path_leads_to_the_function_whose_handler_matches_it() {
    let (template, watched) = (Template::read(), watched());
    let router = router(&template);
    let handlers: Vec<(String, BTreeSet<String>)> = functions()
        .into_iter()
        .filter(|function| !function.is_worker())
        .map(|function| {
            let handler = fs::read_to_string(function.folder.join("src/handler.rs")).expect("a handler");
            (function.name, patterns(&handler))
        })
        .collect();
    for operation in Description::read().operations() {
        let (method, described) = (&operation.method, operation.path);
        let path = unnamed(described).replace("{}", "x");
        let owner = handlers.iter().find(|(_, patterns)| patterns.contains(&unnamed(described)));
        let (owner, _) =
            owner.unwrap_or_else(|| panic!("openapi.yaml describes {method} {described}, which no handler matches"));
        for (name, routes) in [("template.yaml", &router), ("the watch routes of Cargo.toml", &watched)] {
            let found = routes.find(&path).map(|route| route.function.as_str());
            assert_eq!(
                found,
                Some(owner.as_str()),
                "{name} must lead {method} {described} to {owner}: give it a route"
            );
        }
    }
}

#[test]
fn every_sample_payload_leads_to_the_function_that_it_is_named_after() {
    let router = router(&Template::read());
    let workers: Vec<String> =
        functions().into_iter().filter(|function| function.is_worker()).map(|worker| worker.name).collect();
    for entry in fs::read_dir(repository().join("events")).expect("events/ can be read") {
        let file = entry.expect("an entry").path();
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        if workers.iter().any(|worker| name.split('.').next() == Some(worker)) {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a payload can be read");
        let payload: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("events/{name}: {error}"));
        let path = payload["rawPath"].as_str().unwrap_or_else(|| panic!("events/{name} has no rawPath"));
        let found = router.find(path).map(|route| route.function.as_str());
        assert_eq!(found, name.split('.').next(), "events/{name}: template.yaml leads {path} elsewhere");
    }
}

#[test]
fn every_worker_has_a_schedule_and_nothing_else_that_invokes_it() {
    let template = Template::read();
    let workers = functions().into_iter().filter(|function| function.is_worker());
    for worker in workers {
        let block = template.block(&worker);
        let events = block.at("/Properties/Events").as_object().into_iter().flatten();
        let schedules: Vec<&Value> = events
            .map(|(name, event)| match event["Type"].as_str() {
                Some("Schedule") => &event["Properties"]["Schedule"],
                Some("ScheduleV2") => &event["Properties"]["ScheduleExpression"],
                other => panic!("{name} of {} is {other:?}", block.id),
            })
            .collect();
        assert!(!schedules.is_empty(), "{} is never invoked", block.id);
        for schedule in schedules {
            let schedule = schedule.as_str().unwrap_or_default();
            assert!(schedule.starts_with("cron(") || schedule.starts_with("rate("), "{}: {schedule:?}", block.id);
        }
    }
}
