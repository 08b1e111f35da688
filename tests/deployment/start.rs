//! Every function starts with the environment that template.yaml gives it, its secret in Secrets Manager and the roots
//! of the layer, and answers. In a thorough run it is the binary that `sam build` made.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread::{self, JoinHandle},
    time::Duration,
};

use dev::{lambda, ministack};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{
    source::{Function, functions, repository},
    template::{Block, Template},
};
use crate::app::{PUBLIC_URL, TestApp, world};

/// How long the writer of the roots may take to notice that they were read.
const PATIENCE: Duration = Duration::from_secs(5);

/// The bucket of exports.
const BUCKET: &str = "eleva-exports";

/// The roots as a file that tells whether it was opened.
struct Roots {
    file: PathBuf,
    written: JoinHandle<()>,
}

impl Roots {
    /// Puts a pipe where the file is looked for. Who opens it first reads the roots from the pipe, and the file takes
    /// its place for those who come later.
    fn lay_out(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder can be made");
        let (file, roots) = (folder.join("roots.pem"), folder.join("roots.new"));
        fs::copy(repository().join("roots/roots.pem"), &roots).expect("roots/roots.pem can be copied");
        let status = Command::new("mkfifo").arg(&file).status().expect("mkfifo can be started");
        assert!(status.success(), "mkfifo: {status}");
        let pipe = file.clone();
        let written = thread::spawn(move || {
            let content = fs::read(&roots).expect("the roots can be read");
            let mut pipe_end = OpenOptions::new().write(true).open(&pipe).expect("a reader has come");
            fs::rename(roots, &pipe).expect("the file takes the pipe's place");
            pipe_end.write_all(&content).expect("the reader reads");
        });
        Self { file, written }
    }

    /// Whether they were read.
    async fn were_read(self) -> bool {
        let finished = async {
            while !self.written.is_finished() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, finished).await.is_ok() && self.written.join().is_ok()
    }
}

/// What a value of the environment comes to.
struct Deployment<'a> {
    template: &'a Template,
    parameters: BTreeMap<&'static str, String>,
    roots: &'a Path,
}

impl Deployment<'_> {
    fn environment(&self, block: Block<'_>) -> BTreeMap<String, String> {
        let variables = block.environment().into_iter();
        variables.map(|(name, value)| (name.to_owned(), self.value(value))).collect()
    }

    fn value(&self, value: &Value) -> String {
        match (value, value.get("!Ref"), value.get("!Sub")) {
            (Value::String(text), ..) => text.replace("/opt/roots.pem", &self.roots.display().to_string()),
            (_, Some(Value::String(id)), _) => self.reference(id),
            (_, _, Some(Value::String(text))) => {
                let mut parts = text.split("${");
                let first = parts.next().unwrap_or_default().to_owned();
                parts.fold(first, |text, part| {
                    let (id, rest) = part.split_once('}').expect("a reference ends");
                    text + &self.reference(id) + rest
                })
            }
            _ => panic!("what {value} comes to is not known here"),
        }
    }

    /// A parameter's value, its default where the deployment gives none; a secret stands for its name.
    fn reference(&self, id: &str) -> String {
        if let Some(value) = self.parameters.get(id) {
            return value.clone();
        }
        match self.template.at(&format!("/Parameters/{id}/Default")) {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ if self.template.resources("AWS::SecretsManager::Secret").contains(&id) => id.to_owned(),
            _ => panic!("{id} has no value: it is to be given to the parameters in tests/deployment/start.rs"),
        }
    }
}

fn binary(function: &Function, block: Block<'_>) -> PathBuf {
    match &world().sam_build {
        Some(build) => build.join(block.id).join("bootstrap"),
        None => world().binaries.join(&function.name),
    }
}

fn sample(function: &Function) -> Value {
    let file = repository().join("events").join(format!("{}.json", function.name));
    serde_json::from_str(&fs::read_to_string(&file).expect("a sample payload")).expect("JSON")
}

#[tokio::test]
async fn every_function_starts_and_answers_with_what_the_template_gives_it() {
    let template = Template::read();
    let app = TestApp::start().await;
    let ministack = world().start_ministack("deployment").await.expect("ministack starts");
    ministack.create_bucket(BUCKET).await.expect("a bucket is made");
    for function in functions() {
        let block = template.block(&function);
        let secret = format!("{}Secret", function.stem());
        let described = template.at(&format!("/Resources/{secret}/Properties/Description")).as_str().expect("a text");
        let content = described.split(", ").map(|name| (name.to_owned(), app.settings()[name].clone().into()));
        let content = Value::Object(content.collect()).to_string();
        let input = json!({"Name": secret, "SecretString": content});
        ministack.call("CreateSecret", &input).await.expect("ministack takes it");

        let roots = Roots::lay_out(&world().scratch.join("deployment").join(&function.name));
        let parameters = BTreeMap::from([
            ("CheckpointVerifyingKeys", app.settings()["CHECKPOINT_VERIFYING_KEYS"].clone()),
            ("ExportVerifyingKeys", app.settings()["EXPORT_VERIFYING_KEYS"].clone()),
            ("ExportsBucket", BUCKET.to_owned()),
            ("PublicUrl", PUBLIC_URL.to_owned()),
            ("WorkosApiUrl", app.workos().url().to_owned()),
            ("WorkosClientId", world().secrets.workos_client_id.clone()),
        ]);
        let mut environment = Deployment { template: &template, parameters, roots: &roots.file }.environment(block);
        environment.extend(ministack::environment(ministack.port()));
        // A worker comes as far as the database, whose certificate no public authority has signed here.
        environment.insert("DATABASE_CA_CERT".to_owned(), world().ca_certificate_pem.clone());
        let deployed = lambda::Function::new(binary(&function, block), environment.into_iter().collect());
        deployed.start().await.unwrap_or_else(|error| panic!("{}: {error} {}", block.id, deployed.logs()));
        let answer = deployed.invoke(sample(&function)).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error} {}", block.id, deployed.logs()));
        if function.is_worker() {
            assert!(answer.is_object(), "{}: {answer}", block.id);
        } else {
            let status = answer["statusCode"].as_u64().unwrap_or_else(|| panic!("{}: {answer}", block.id));
            assert!((200..500).contains(&status), "{}: {answer} {}", block.id, deployed.logs());
        }
        assert!(roots.were_read().await, "{} does not read what SSL_CERT_FILE names", block.id);
    }
}
