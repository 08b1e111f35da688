//! What is to be verified: the manifests and checkpoints behind the paths that somebody gives.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use super::finding::{Finding, Kind};

/// How files of rows end, and those of manifests.
const ROWS: [&str; 3] = [".left-out.jsonl.gz", ".jsonl.gz", ".csv.gz"];
const MANIFEST: &str = ".manifest.json";

/// What is to be verified.
#[derive(Debug, Default)]
pub struct Material {
    pub(super) manifests: BTreeSet<PathBuf>,
    pub(super) checkpoints: BTreeSet<PathBuf>,
    /// Files of rows that were given themselves; their manifests are to name them.
    pub(super) files: BTreeSet<PathBuf>,
    pub(super) findings: Vec<Finding>,
    /// Whether exports are to be held against checkpoints.
    pub(super) has_checkpoints: bool,
    /// A folder that means nothing to whoever reads what was found.
    temporary: Option<PathBuf>,
}

/// Why nothing can be verified.
#[derive(Debug, thiserror::Error)]
pub enum MaterialError {
    /// A path leads nowhere.
    #[error("cannot read {path}: {error}")]
    Read {
        /// The path.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A file has a name that none of an export's has.
    #[error("{0} is neither a manifest (….manifest.json) nor an export's file (….jsonl.gz, ….csv.gz) nor a folder")]
    Unknown(String),
    /// A folder has nothing in it.
    #[error("there is no manifest (….manifest.json) in {0}")]
    Nothing(String),
}

impl Material {
    /// Nothing yet. Names of files in `temporary` are told without that folder's.
    pub fn new(temporary: Option<&Path>) -> Self {
        Self { temporary: temporary.map(Path::to_owned), ..Self::default() }
    }

    /// Adds a manifest, a file of rows whose manifest lies beside it, or a folder with all exports that are in it. Checkpoints
    /// that lie there are left alone: whoever made the exports could have put them there.
    pub fn add(&mut self, path: &Path) -> Result<(), MaterialError> {
        let name = self.name(path);
        let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
        if metadata.is_dir() {
            let before = self.manifests.len();
            let mut files = Vec::new();
            files_below(path, &mut files)?;
            for file in files {
                if ends_with(&file, MANIFEST) {
                    self.manifests.insert(file);
                }
            }
            return if self.manifests.len() > before { Ok(()) } else { Err(MaterialError::Nothing(name)) };
        }
        if ends_with(path, MANIFEST) {
            self.manifests.insert(path.to_owned());
        } else if let Some(manifest) = manifest_beside(path) {
            match manifest.is_file() {
                true => {
                    self.files.insert(path.to_owned());
                    self.manifests.insert(manifest);
                }
                false => {
                    let reason = format!("its manifest is not beside it: {}", self.name(&manifest));
                    self.findings.push(Finding::new(Kind::NotThere, &name, reason));
                }
            }
        } else {
            return Err(MaterialError::Unknown(name));
        }
        Ok(())
    }

    /// Adds every checkpoint in a folder, and holds the exports against them.
    pub fn add_checkpoints(&mut self, folder: &Path) -> Result<(), MaterialError> {
        self.has_checkpoints = true;
        let mut files = Vec::new();
        files_below(folder, &mut files)?;
        files.retain(|file| ends_with(file, ".json") && !ends_with(file, MANIFEST));
        if files.is_empty() {
            let name = self.name(folder);
            self.findings.push(Finding::new(Kind::NotThere, &name, "there is no checkpoint in it"));
        }
        self.checkpoints.extend(files);
        Ok(())
    }

    /// How a file is called when something is said of it.
    pub(super) fn name(&self, path: &Path) -> String {
        let temporary = self.temporary.as_deref();
        let path = temporary.and_then(|folder| path.strip_prefix(folder).ok()).unwrap_or(path);
        super::printable(&path.to_string_lossy())
    }

    /// A file's length in bytes, 0 where it cannot be known.
    pub(super) fn length(path: &Path) -> u64 {
        fs::metadata(path).map_or(0, |metadata| metadata.len())
    }
}

/// The manifest that belongs to a file of rows, by its name.
pub(super) fn manifest_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let stem = ROWS.iter().find_map(|end| name.strip_suffix(end))?;
    Some(path.with_file_name(format!("{stem}{MANIFEST}")))
}

fn ends_with(path: &Path, end: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(end))
}

/// All files in a folder and in the folders in it. Links to folders are not followed: they may lead in a circle.
fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), MaterialError> {
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let entry = entry.map_err(|error| unreadable(folder, error))?;
        let kind = entry.file_type().map_err(|error| unreadable(folder, error))?;
        match kind.is_dir() {
            true => files_below(&entry.path(), files)?,
            false => files.push(entry.path()),
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: io::Error) -> MaterialError {
    MaterialError::Read { path: super::printable(&path.to_string_lossy()), error }
}
