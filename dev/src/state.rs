//! The folder `.dev`, where everything lives that the local world keeps.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{ErrorKind, Read as _, Seek as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// A folder that one command at a time uses. The lock goes with the process, however that ends.
#[derive(Debug)]
pub struct StateFolder {
    path: PathBuf,
    _lock: File,
}

impl StateFolder {
    /// Opens `<.dev>/<name>` (`.dev` itself for an empty name) for `command`, or says which process is using it.
    pub fn open(dev: &Path, name: &str, command: &str) -> Result<Self, Failure> {
        let path = if name.is_empty() { dev.to_owned() } else { dev.join(name) };
        make_folder(&path)?;
        make_folder(&path.join("log"))?;
        let lock_path = path.join("lock");
        let doing = || format!("lock {}", lock_path.display());
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(Failure::io(doing()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only a name for the message; without it the message still says enough.
                let _ = lock.read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { "unknown" } else { holder.trim() };
                return Err(Failure::Unmet(format!(
                    "another `{command}` is running in {} (process {holder}); stop it first",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(Failure::io(doing())(error)),
        }
        lock.set_len(0)
            .and_then(|()| lock.rewind())
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .map_err(Failure::io(doing()))?;
        Ok(Self { path, _lock: lock })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file or folder in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The log file of a program.
    pub fn log(&self, program: &str) -> PathBuf {
        self.path.join("log").join(format!("{program}.log"))
    }
}

/// Makes a folder and its parents, unless they exist.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(Failure::io(format!("make the folder {}", path.display())))
}

/// Makes a folder that only its owner may enter, and parents that others may pass, unless they exist.
pub fn make_private_folder(path: &Path) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        make_folder(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Failure::io(format!("make the folder {}", path.display()))(error))
        }
        _ => Ok(()),
    }
}

/// Removes a folder with all it holds, if it exists.
pub fn remove_folder(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Failure::io(format!("remove {}", path.display()))(error))
        }
        _ => Ok(()),
    }
}

/// Makes or empties a file that only its owner may read.
pub fn create_private_file(path: &Path) -> Result<File, Failure> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(Failure::io(format!("write {}", path.display())))
}

/// Writes a file that only its owner may read, whole or not at all.
pub fn write_private_file(path: &Path, content: &str) -> Result<(), Failure> {
    let new = path.with_extension("new");
    // A file that is left over may have another mode.
    let _ = fs::remove_file(&new);
    create_private_file(&new)?
        .write_all(content.as_bytes())
        .and_then(|()| fs::rename(&new, path))
        .map_err(Failure::io(format!("write {}", path.display())))
}
