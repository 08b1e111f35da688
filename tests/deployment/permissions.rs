//! Every role may do what its function calls at AWS, on what is its own, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::{
    source::{functions, repository},
    template::{Template, reference},
};

/// A call to AWS that sources may make.
struct Call {
    sdk: &'static str,
    operation: &'static str,
    /// The statements that it takes in the policy of the function of this stem.
    statements: fn(stem: &str) -> Vec<Value>,
}

/// Every call that is known. Each is allowed on what is the function's own and never on `*`.
const CALLS: [Call; 1] = [Call {
    sdk: "aws-sdk-secretsmanager",
    operation: "get_secret_value",
    statements: |stem| {
        let secret = reference(&format!("{stem}Secret"));
        vec![
            json!({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}),
            // Secrets Manager has the key decrypt the secret in the caller's name.
            json!({
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": {"!GetAtt": "Key.Arn"},
                "Condition": {"StringEquals": {"kms:EncryptionContext:SecretARN": secret}},
            }),
        ]
    },
}];

/// The packages that `cargo metadata` knows, by name.
struct Packages(BTreeMap<String, Value>);

impl Packages {
    fn read() -> Self {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(repository())
            .args(["metadata", "--format-version", "1", "--locked", "--offline"])
            .output()
            .expect("cargo can be started");
        let answer: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
        let packages = answer["packages"].as_array().expect("packages").iter();
        Self(packages.map(|package| (package["name"].as_str().expect("a name").to_owned(), package.clone())).collect())
    }

    fn folder(&self, package: &str) -> PathBuf {
        let manifest = Path::new(self.0[package]["manifest_path"].as_str().expect("a path"));
        manifest.parent().expect("a folder").to_owned()
    }

    /// The AWS SDKs that a package of ours depends on.
    fn sdks(&self, package: &str) -> Vec<&str> {
        let dependencies = self.0[package]["dependencies"].as_array().expect("dependencies").iter();
        let names = dependencies.filter(|dependency| dependency["kind"].is_null());
        names.filter_map(|dependency| dependency["name"].as_str()).filter(|name| name.starts_with("aws-sdk-")).collect()
    }

    /// The operations of an AWS SDK. Each is a module of its own.
    fn operations(&self, sdk: &str) -> BTreeSet<String> {
        let folder = self.folder(sdk).join("src/operation");
        let modules = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let modules = modules.map(|module| module.expect("an entry").path());
        modules.filter_map(|module| Some(module.file_stem()?.to_str()?.to_owned())).collect()
    }

    /// The calls that the sources of a package make: SDK, operation, and the file in which it stands.
    fn calls(&self, package: &str) -> Vec<(String, String, PathBuf)> {
        let mut calls = Vec::new();
        for sdk in self.sdks(package) {
            let operations = self.operations(sdk);
            for file in sources(&self.folder(package).join("src")) {
                let source = fs::read_to_string(&file).expect("a source can be read");
                let made = operations.iter().filter(|operation| {
                    source.contains(&format!(".{operation}(")) || source.contains(&format!("::{operation}("))
                });
                calls.extend(made.map(|operation| (sdk.to_owned(), operation.clone(), file.clone())));
            }
        }
        calls
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn every_role_allows_exactly_the_calls_of_its_function() {
    let (template, packages) = (Template::read(), Packages::read());
    let of_all = packages.calls("eleva");
    assert!(!of_all.is_empty(), "that settings are read from Secrets Manager is seen");
    for function in functions() {
        let block = template.block(&function);
        let mut expected: Vec<Value> = Vec::new();
        for (sdk, operation, file) in of_all.iter().chain(&packages.calls(&function.name)) {
            let call = CALLS.iter().find(|call| (call.sdk, call.operation) == (sdk, operation)).unwrap_or_else(|| {
                panic!(
                    "{} calls {operation} of {sdk}, and it is not known which permission that takes: add it to CALLS \
                     in tests/deployment/permissions.rs and allow it in the Policies of {} in template.yaml",
                    file.display(),
                    block.id
                )
            });
            expected.extend((call.statements)(&function.stem()));
        }
        let policies = block.property("Policies").as_array().map(Vec::as_slice).unwrap_or_default();
        let statements = policies.iter().map(|policy| {
            let statements = policy["Statement"].as_array();
            statements.unwrap_or_else(|| panic!("{} has a policy that is not written out: {policy}", block.id))
        });
        let there: Vec<&Value> = statements.flatten().collect();
        for statement in &expected {
            assert!(there.contains(&statement), "the Policies of {} in template.yaml lack {statement}", block.id);
        }
        for statement in &there {
            assert!(
                expected.contains(statement),
                "the Policies of {} in template.yaml allow {statement}, which nothing in shared/src or \
                 functions/{} needs",
                block.id,
                function.name
            );
        }
    }
}

#[test]
fn no_role_gets_permissions_in_other_ways() {
    let template = Template::read();
    for block in template.blocks() {
        // Each of these has SAM add a policy, or has another role than the one that SAM makes.
        for property in ["Role", "Tracing", "VpcConfig", "DeadLetterQueue", "EventInvokeConfig", "FileSystemConfigs"] {
            assert!(block.property(property).is_null(), "{} has {property}, which adds permissions", block.id);
        }
    }
    for kind in ["Role", "Policy", "ManagedPolicy", "RolePolicy", "UserPolicy", "GroupPolicy"] {
        assert_eq!(
            template.resources(&format!("AWS::IAM::{kind}")),
            [""; 0],
            "permissions stand in a function's Policies"
        );
    }
}
