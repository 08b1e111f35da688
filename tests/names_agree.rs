//! Invariant 6: package, folder, binary, sample payload and watch route of a function share one name. A worker, which a
//! schedule invokes, has no watch route; template.yaml has its schedule (`deployment::routes`).

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use dev::gateway::Routes;
use serde::Deserialize;

#[derive(Deserialize)]
struct Manifest {
    package: Package,
    #[serde(default)]
    bin: Vec<Binary>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

#[derive(Deserialize)]
struct Binary {
    name: String,
}

/// The repository; known without the world.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in the repository").to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn entries(folder: &str) -> BTreeSet<String> {
    let folder = repository().join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

fn functions() -> BTreeSet<String> {
    entries("functions")
}

/// A function's `main.rs`.
fn main_of(function: &str) -> String {
    read(&repository().join("functions").join(function).join("src/main.rs"))
}

/// The functions that a schedule invokes, by how they run.
fn workers() -> BTreeSet<String> {
    functions().into_iter().filter(|function| main_of(function).contains("WORKER.run(")).collect()
}

fn routes() -> Routes {
    Routes::from_manifest(&read(&repository().join("Cargo.toml"))).expect("the manifest has watch routes")
}

#[test]
fn package_and_binary_are_named_after_the_folder() {
    for function in functions() {
        let folder = repository().join("functions").join(&function);
        let manifest: Manifest = toml::from_str(&read(&folder.join("Cargo.toml"))).expect("a manifest");
        assert_eq!(manifest.package.name, function);
        for binary in manifest.bin {
            assert_eq!(binary.name, function, "a function has one binary, named as its package");
        }
    }
}

#[test]
fn a_function_calls_itself_by_its_name() {
    for function in functions() {
        assert!(
            main_of(&function).contains(&format!("name: \"{function}\"")),
            "functions/{function}/src/main.rs has another name"
        );
    }
}

#[test]
fn every_function_but_workers_has_a_watch_route_and_every_watch_route_a_function() {
    let routed: BTreeSet<String> = routes().patterns().map(|(_, function)| function.to_owned()).collect();
    let workers = workers();
    assert!(!workers.is_empty(), "workers are told apart");
    let taking_requests: BTreeSet<String> = functions().difference(&workers).cloned().collect();
    assert_eq!(routed, taking_requests);
}

#[test]
fn every_function_has_a_sample_payload_and_every_sample_payload_a_function() {
    let samples = entries("events");
    for function in functions() {
        assert!(samples.contains(&format!("{function}.json")), "events/{function}.json is missing");
    }
    for sample in samples {
        let (function, _) = sample.split_once('.').unwrap_or_else(|| panic!("events/{sample} has no ending"));
        assert!(sample.ends_with(".json"), "events/{sample} is no JSON file");
        assert!(functions().contains(function), "events/{sample} is of no function");
    }
}
