//! Every function gets the settings that it reads: the secret ones from its secret, the others from its environment.

use std::collections::BTreeSet;

use dev::environment::SECRET;
use eleva::settings::{Group, Name, Settings};

use super::{
    source::{Function, functions},
    template::Template,
};

/// Settings that a deployment leaves to their defaults.
const LEFT_OUT: [&str; 1] = [
    // For a database whose certificate no public authority has signed. Neon's are Let's Encrypt's.
    "DATABASE_CA_CERT",
];

/// What an environment has besides settings: where the secret is, and what OpenSSL and the AWS SDK read.
const NO_SETTINGS: [&str; 2] = ["ELEVA_SECRET_ID", "SSL_CERT_FILE"];

fn names(function: &Function, of_kind: fn(Name) -> bool) -> BTreeSet<&'static str> {
    let names = function.settings().into_iter().filter(|name| of_kind(*name));
    names.map(Name::as_str).collect()
}

#[test]
fn every_secret_is_described_by_the_secret_settings_of_its_function() {
    let template = Template::read();
    for function in functions() {
        let secret = format!("{}Secret", function.stem());
        let description = template.at(&format!("/Resources/{secret}/Properties/Description"));
        let expected: Vec<&str> = names(&function, |name| matches!(name, Name::Secret(_))).into_iter().collect();
        assert_eq!(
            description.as_str(),
            Some(expected.join(", ").as_str()),
            "the Description of {secret} in template.yaml must name the secret settings of {} \
             (shared/src/settings/name.rs)",
            function.name
        );
    }
}

#[test]
fn every_environment_has_the_other_settings_of_its_function_and_no_more() {
    let template = Template::read();
    for function in functions() {
        let block = template.block(&function);
        let mut there: BTreeSet<&str> = block.environment().into_keys().collect();
        there.retain(|name| !NO_SETTINGS.contains(name));
        let mut expected = names(&function, |name| matches!(name, Name::Plain(_)));
        expected.retain(|name| !LEFT_OUT.contains(name));
        let missing: Vec<&&str> = expected.difference(&there).collect();
        assert!(
            missing.is_empty(),
            "the environment of {} in template.yaml lacks {missing:?}, which {} reads (shared/src/settings/name.rs): \
             give them values there, or add them to LEFT_OUT in tests/deployment/settings.rs",
            block.id,
            function.name
        );
        let idle: Vec<&&str> = there.difference(&expected).collect();
        assert!(idle.is_empty(), "the environment of {} in template.yaml has {idle:?}, which nothing reads", block.id);
    }
}

#[test]
fn nothing_secret_stands_in_an_environment() {
    let template = Template::read();
    for function in functions() {
        let environment = template.block(&function).environment();
        for name in names(&function, |name| matches!(name, Name::Secret(_))) {
            assert!(!environment.contains_key(name), "{name} belongs in the secret of {}", function.name);
        }
    }
}

#[test]
fn the_local_world_keeps_the_same_settings_secret() {
    let names = Settings::names(&Group::ALL).into_iter().filter(|name| matches!(name, Name::Secret(_)));
    assert_eq!(BTreeSet::from(SECRET), names.map(Name::as_str).collect());
}
