//! What is to be verified: the manifests and checkpoints behind the paths that somebody gives.

use std::{
    collections::BTreeSet,
    fs::{self, DirEntry},
    io,
    path::{Path, PathBuf},
};

use super::{
    finding::{Finding, Kind},
    regular,
};

/// How files of rows end, and those of manifests.
const ROWS: [&str; 3] = [".left-out.jsonl.gz", ".jsonl.gz", ".csv.gz"];
const MANIFEST: &str = ".manifest.json";

/// What is to be verified.
#[derive(Debug, Default)]
pub struct Material {
    pub(super) manifests: BTreeSet<PathBuf>,
    pub(super) checkpoints: BTreeSet<PathBuf>,
    /// All files of rows in folders that were given, and beside manifests that were: some manifest is to name each.
    pub(super) files: BTreeSet<PathBuf>,
    /// All manifests that lie beside those that were given.
    pub(super) beside: BTreeSet<PathBuf>,
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
    /// It is something that is not read.
    #[error("{0} is no regular file")]
    Irregular(String),
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
    /// that lie there are left alone: whoever made the exports could have put them there. A link is followed to where it
    /// leads, because whoever verifies gave it.
    pub fn add(&mut self, path: &Path) -> Result<(), MaterialError> {
        let wrong = |error| unreadable(path, error);
        if fs::symlink_metadata(path).map_err(wrong)?.is_symlink() {
            return self.add(&fs::canonicalize(path).map_err(wrong)?);
        }
        let name = self.name(path);
        let metadata = fs::metadata(path).map_err(wrong)?;
        if metadata.is_dir() {
            return self.add_folder(path);
        } else if !metadata.is_file() {
            return Err(MaterialError::Irregular(name));
        } else if ends_with(path, MANIFEST) {
            return self.add_manifest(path.to_owned());
        }
        let manifest = manifest_beside(path).ok_or_else(|| MaterialError::Unknown(name.clone()))?;
        if fs::symlink_metadata(&manifest).is_ok() {
            return self.add_manifest(manifest);
        }
        let reason = format!("its manifest is not beside it: {}", self.name(&manifest));
        self.findings.push(Finding::new(Kind::NotThere, &name, reason));
        Ok(())
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), MaterialError> {
        let mut is_empty = true;
        for file in self.files_below(folder)? {
            if ends_with(&file, MANIFEST) {
                is_empty = false;
                self.manifests.insert(file);
            } else if has_rows(&file) {
                self.files.insert(file);
            }
        }
        if is_empty { Err(MaterialError::Nothing(self.name(folder))) } else { Ok(()) }
    }

    /// Adds a manifest, and notes what lies beside it.
    pub(super) fn add_manifest(&mut self, manifest: PathBuf) -> Result<(), MaterialError> {
        let folder = manifest.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for entry in entries(folder)? {
            let path = manifest.with_file_name(entry.file_name());
            if ends_with(&path, MANIFEST) {
                self.beside.insert(path);
            } else if has_rows(&path) && !entry.file_type().map_err(|error| unreadable(&path, error))?.is_dir() {
                self.files.insert(path);
            }
        }
        self.manifests.insert(manifest);
        Ok(())
    }

    /// Adds every checkpoint in a folder, and holds the exports against them.
    pub fn add_checkpoints(&mut self, folder: &Path) -> Result<(), MaterialError> {
        self.has_checkpoints = true;
        let mut files = self.files_below(folder)?;
        files.retain(|file| ends_with(file, ".json") && !ends_with(file, MANIFEST));
        if files.is_empty() {
            let name = self.name(folder);
            self.findings.push(Finding::new(Kind::NotThere, &name, "there is no checkpoint in it"));
        }
        self.checkpoints.extend(files);
        Ok(())
    }

    /// All files in a folder and in the folders in it. Links to folders are not followed, since they may lead in a circle;
    /// nobody is to take for verified what is behind one.
    fn files_below(&mut self, folder: &Path) -> Result<Vec<PathBuf>, MaterialError> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in entries(&folder)? {
                let (path, kind) = (entry.path(), entry.file_type().map_err(|error| unreadable(&folder, error))?);
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_symlink() && path.is_dir() {
                    let reason =
                        "it is a link to a folder, and nothing in there was looked at: give that folder itself";
                    self.findings.push(Finding::new(Kind::NotThere, &self.name(&path), reason));
                } else {
                    files.push(path);
                }
            }
        }
        Ok(files)
    }

    /// How a file is called when something is said of it.
    pub(super) fn name(&self, path: &Path) -> String {
        let temporary = self.temporary.as_deref();
        let path = temporary.and_then(|folder| path.strip_prefix(folder).ok()).unwrap_or(path);
        super::printable(&path.to_string_lossy())
    }

    /// A file's length in bytes, 0 where it cannot be known.
    pub(super) fn length(path: &Path) -> u64 {
        regular::length(path)
    }
}

/// The manifest that belongs to a file of rows, by its name.
fn manifest_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let stem = ROWS.iter().find_map(|end| name.strip_suffix(end))?;
    Some(path.with_file_name(format!("{stem}{MANIFEST}")))
}

fn ends_with(path: &Path, end: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(end))
}

/// Whether a file would be taken for one of an export's, however a system writes the ending.
fn has_rows(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    ROWS.iter().any(|end| name.ends_with(end))
}

fn entries(folder: &Path) -> Result<Vec<DirEntry>, MaterialError> {
    let wrong = |error| unreadable(folder, error);
    fs::read_dir(folder).map_err(wrong)?.map(|entry| entry.map_err(wrong)).collect()
}

fn unreadable(path: &Path, error: io::Error) -> MaterialError {
    MaterialError::Read { path: super::printable(&path.to_string_lossy()), error }
}
