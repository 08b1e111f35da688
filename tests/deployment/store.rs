//! What a function does with the store of exports, by the methods that it calls, is what its role may do there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::source::{Function, functions};

/// What a method of `store::Store` takes: of files, and of the bucket.
struct Method {
    name: &'static str,
    files: &'static [&'static str],
    bucket: &'static [&'static str],
}

/// Every method. Looking whether a file is there (`s3:GetObject`) says that it is denied, and not that there is none,
/// to whoever may not list the bucket.
const METHODS: [Method; 9] = [
    Method { name: "put", files: &["s3:GetObject", "s3:PutObject"], bucket: &["s3:ListBucket"] },
    Method {
        name: "begin",
        files: &["s3:AbortMultipartUpload", "s3:PutObject"],
        bucket: &["s3:ListBucketMultipartUploads"],
    },
    Method { name: "upload_part", files: &["s3:PutObject"], bucket: &[] },
    Method {
        name: "complete",
        files: &["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
        bucket: &["s3:ListBucket"],
    },
    Method { name: "abort", files: &["s3:AbortMultipartUpload"], bucket: &[] },
    Method { name: "abandon", files: &["s3:AbortMultipartUpload"], bucket: &["s3:ListBucketMultipartUploads"] },
    Method { name: "read", files: &["s3:GetObject"], bucket: &["s3:ListBucket"] },
    Method { name: "list", files: &[], bucket: &["s3:ListBucket"] },
    // Made without asking S3, which looks at what its maker may do when somebody uses it.
    Method { name: "link", files: &["s3:GetObject"], bucket: &[] },
];

/// What a function may do with the files of a folder.
struct Part {
    function: &'static str,
    folder: &'static str,
    files: &'static [&'static str],
}

/// Who is at which files. Nobody may delete one, or change how long it is kept.
const PARTS: [Part; 4] = [
    Part { function: "audit", folder: "exports", files: &["s3:GetObject"] },
    Part { function: "audit-daily", folder: "checkpoints", files: &["s3:GetObject", "s3:PutObject"] },
    Part {
        function: "audit-export",
        folder: "exports",
        files: &["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
    },
    Part { function: "audit-export", folder: "checkpoints", files: &["s3:GetObject"] },
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The methods that a function calls.
fn methods(function: &Function) -> Vec<&'static Method> {
    let read = |path: &PathBuf| fs::read_to_string(path).expect("a source can be read");
    let manifest = read(&function.folder.join("Cargo.toml"));
    if !manifest.lines().any(|line| line.starts_with("store.")) {
        return Vec::new();
    }
    // A call may stand on several lines.
    let sources = sources(&function.folder.join("src")).iter().map(read).collect::<String>();
    let sources: String = sources.split_whitespace().collect();
    let is_called = |name: &str| ["store.", "store()."].iter().any(|of| sources.contains(&format!("{of}{name}(")));
    METHODS.iter().filter(|method| is_called(method.name)).collect()
}

/// One action stands alone, several in a list.
fn actions(actions: &BTreeSet<&str>) -> Value {
    match actions.iter().collect::<Vec<_>>().as_slice() {
        [action] => json!(action),
        several => json!(several),
    }
}

/// The statements that a role takes for what its function does with the store.
pub(super) fn statements(function: &Function) -> Vec<Value> {
    let methods = methods(function);
    let parts: Vec<&Part> = PARTS.iter().filter(|part| part.function == function.name).collect();
    let of_methods: BTreeSet<&str> = methods.iter().flat_map(|method| method.files).copied().collect();
    let of_parts: BTreeSet<&str> = parts.iter().flat_map(|part| part.files).copied().collect();
    assert_eq!(of_parts, of_methods, "what {} calls of the store, and where: tests/deployment/store.rs", function.name);
    let Some(first) = parts.first() else { return Vec::new() };
    let resource = |folder: &str| json!({"!Sub": format!("${{ExportsBucket.Arn}}/{folder}/*")});
    let mut statements: Vec<Value> = parts
        .iter()
        .map(|part| {
            let files = actions(&part.files.iter().copied().collect());
            json!({"Effect": "Allow", "Action": files, "Resource": resource(part.folder)})
        })
        .collect();
    let of_bucket: BTreeSet<&str> = methods.iter().flat_map(|method| method.bucket).copied().collect();
    let bucket = json!({"!GetAtt": "ExportsBucket.Arn"});
    statements.extend(of_bucket.into_iter().map(|action| {
        let below = |part: &Part| json!(format!("{}/*", part.folder));
        let of_all = match parts.as_slice() {
            [part] => below(part),
            several => several.iter().map(|part| below(part)).collect(),
        };
        let condition = match action {
            "s3:ListBucket" => json!({"StringLikeIfExists": {"s3:prefix": of_all}}),
            // Files are written into the first of a function's folders. S3 may not tell the prefix of uploads.
            _ => json!({"StringLikeIfExists": {"s3:prefix": below(first)}}),
        };
        json!({"Effect": "Allow", "Action": action, "Resource": bucket, "Condition": condition})
    }));
    let key = match of_parts.contains("s3:PutObject") {
        true => json!(["kms:Decrypt", "kms:GenerateDataKey"]),
        false => json!("kms:Decrypt"),
    };
    statements.push(json!({
        "Effect": "Allow",
        "Action": key,
        "Resource": {"!GetAtt": "Key.Arn"},
        "Condition": {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": bucket}},
    }));
    statements
}

#[test]
fn every_part_is_of_a_function() {
    let names: Vec<String> = functions().into_iter().map(|function| function.name).collect();
    for part in &PARTS {
        assert!(names.iter().any(|name| name == part.function), "there is no {}", part.function);
    }
}
