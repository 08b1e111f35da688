//! Every role may do what its function calls at AWS, on what is its own, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Map, Value, json};

use super::{
    source::{functions, repository},
    store,
    template::{Block, Template, reference},
};

/// A call to AWS that sources may make.
struct Call {
    sdk: &'static str,
    operation: &'static str,
    /// The statements that it takes in the role of the function of this stem.
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
        let role = format!("{}Role", function.stem());
        let of_block = template.block(&function).at("/Properties/Role");
        assert_eq!(of_block, &json!({"!GetAtt": format!("{role}.Arn")}), "the Role of {} is not {role}", function.name);
        let mut expected = vec![lines(&function.stem())];
        for (sdk, operation, file) in of_all.iter().chain(&packages.calls(&function.name)) {
            let call = CALLS.iter().find(|call| (call.sdk, call.operation) == (sdk, operation)).unwrap_or_else(|| {
                panic!(
                    "{} calls {operation} of {sdk}, and it is not known which permission that takes: add it to CALLS \
                     in tests/deployment/permissions.rs and allow it in {role} in template.yaml",
                    file.display(),
                )
            });
            expected.extend((call.statements)(&function.stem()));
        }
        expected.extend(store::statements(&function));
        expected.extend(destination(template.block(&function)));
        let properties = template.at(&format!("/Resources/{role}/Properties"));
        assert_eq!(
            properties["AssumeRolePolicyDocument"]["Statement"],
            json!([{
                "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"},
            }]),
            "{role} is Lambda's to take"
        );
        let names: Vec<&String> = properties.as_object().into_iter().flat_map(Map::keys).collect();
        assert_eq!(names, ["AssumeRolePolicyDocument", "Policies"], "the permissions of {role} stand in its Policies");
        let policies = properties["Policies"].as_array().map(Vec::as_slice).unwrap_or_default();
        let statements = policies.iter().filter_map(|policy| policy["PolicyDocument"]["Statement"].as_array());
        let there: Vec<&Value> = statements.flatten().collect();
        for statement in &expected {
            assert!(there.contains(&statement), "{role} in template.yaml lacks {statement}");
        }
        for statement in &there {
            assert!(
                expected.contains(statement),
                "{role} in template.yaml allows {statement}, which nothing in shared/src or functions/{} needs",
                function.name
            );
        }
    }
}

/// Writing lines: what Lambda does in a function's name.
fn lines(stem: &str) -> Value {
    let log_group = json!({"!GetAtt": format!("{stem}Logs.Arn")});
    json!({"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": log_group})
}

/// Keeping an event that failed: what Lambda does in a function's name, too.
fn destination(block: Block<'_>) -> Option<Value> {
    let queue = block.at("/Properties/EventInvokeConfig/DestinationConfig/OnFailure/Destination");
    (!queue.is_null()).then(|| json!({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}))
}

#[test]
fn nothing_else_gives_permissions_or_opens_another_door() {
    let template = Template::read();
    // Kinds of resources and properties that are not here may add statements to roles, or ways to a function.
    let known = [
        "AWS::CloudWatch::Alarm",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
        "AWS::Serverless::Function",
        "AWS::Serverless::HttpApi",
        "AWS::Serverless::LayerVersion",
    ];
    for (id, resource) in template.at("/Resources").as_object().into_iter().flatten() {
        let kind = resource["Type"].as_str().unwrap_or_default();
        assert!(known.contains(&kind), "{id} is a {kind}: look at what it allows, then add it to this test");
    }
    assert_eq!(template.resources("AWS::IAM::Role").len(), functions().len(), "a role belongs to a function");
    let known = [
        "Architectures",
        "CodeUri",
        "Description",
        "Environment",
        "EventInvokeConfig",
        "Events",
        "Handler",
        "KmsKeyArn",
        "Layers",
        "LoggingConfig",
        "MemorySize",
        "ReservedConcurrentExecutions",
        "Role",
        "Runtime",
        "Timeout",
    ];
    for block in template.blocks() {
        let own = block.at("/Properties").as_object().into_iter().flat_map(Map::keys);
        let of_all = template.at("/Globals/Function").as_object().into_iter().flat_map(Map::keys);
        for property in own.chain(of_all) {
            assert!(known.contains(&property.as_str()), "{} has {property}: look at what it allows", block.id);
        }
    }
}

#[test]
fn the_key_is_the_accounts_and_cloudwatchs_for_its_log_groups_and_alarms() {
    let template = Template::read();
    let statements = template.at("/Resources/Key/Properties/KeyPolicy/Statement").as_array().expect("statements");
    let [account, logs, alarms] = statements.as_slice() else { panic!("{statements:?}") };
    assert_eq!(account["Principal"], json!({"AWS": {"!Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}));
    assert_eq!(logs["Principal"], json!({"Service": {"!Sub": "logs.${AWS::Region}.amazonaws.com"}}));
    let groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*";
    assert_eq!(logs["Condition"], json!({"ArnLike": {"kms:EncryptionContext:aws:logs:arn": {"!Sub": groups}}}));
    assert_eq!(alarms["Principal"], json!({"Service": "cloudwatch.amazonaws.com"}));
    assert_eq!(alarms["Action"], json!(["kms:Decrypt", "kms:GenerateDataKey*"]));
    assert_eq!(alarms["Condition"], json!({"StringEquals": {"aws:SourceAccount": reference("AWS::AccountId")}}));
}
