//! Opening what somebody else may have put there: only a regular file. Opening a pipe waits for somebody who writes into it,
//! a device may have no end, and a link leads out of the folder.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// A file, and its length. Errors: also for anything but a regular file, which is not opened.
pub(super) fn open(path: &Path) -> io::Result<(File, u64)> {
    let is_regular = |is_file: bool| {
        let error = || io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file");
        if is_file { Ok(()) } else { Err(error()) }
    };
    is_regular(fs::symlink_metadata(path)?.is_file())?;
    let file = File::open(path)?;
    // It may have been replaced in between.
    let metadata = file.metadata()?;
    is_regular(metadata.is_file())?;
    Ok((file, metadata.len()))
}

/// The length of a regular file in bytes, 0 of anything else.
pub(super) fn length(path: &Path) -> u64 {
    fs::symlink_metadata(path).map_or(0, |metadata| if metadata.is_file() { metadata.len() } else { 0 })
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

    use tempfile::tempdir;

    use super::{length, open};

    #[test]
    fn pipes_devices_folders_and_links_are_not_opened() {
        let folder = tempdir().expect("a folder");
        let [file, link, pipe] = ["file", "link", "pipe"].map(|name| folder.path().join(name));
        fs::write(&file, b"12345").expect("a file");
        symlink(&file, &link).expect("a link");
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        assert_eq!(open(&file).expect("a regular file").1, 5);
        assert_eq!(length(&file), 5);
        for other in [&link, &pipe, folder.path(), Path::new("/dev/zero")] {
            let error = open(other).expect_err("no regular file");
            assert_eq!(error.to_string(), "it is no regular file", "{}", other.display());
            assert_eq!(length(other), 0);
        }
    }
}
