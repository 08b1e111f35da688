//! Files that look like an export's and are none's: whoever finds one among exports may take it for verified.

use std::{collections::BTreeSet, path::PathBuf};

use super::{
    document::{self, Document},
    export::Export,
    finding::{Finding, Kind},
    material::Material,
};
use crate::{manifest::Manifest, signature};

/// The files in folders that were given, and beside manifests that were, which no manifest beside them names.
pub(super) fn unnamed(material: &Material, exports: &[Export]) -> Vec<Finding> {
    let named: BTreeSet<PathBuf> = exports.iter().flat_map(Export::files).collect();
    let mut unnamed: BTreeSet<&PathBuf> = material.files.difference(&named).collect();
    if !unnamed.is_empty() {
        // Those of exports that lie there, too, and that nobody asks about.
        for path in material.beside.difference(&material.manifests) {
            if let Ok(Document { says, .. }) = document::open::<Manifest>(signature::Kind::Manifest, path) {
                let other = Export::new(material.name(path), path, says);
                other.files().for_each(|file| {
                    unnamed.remove(&file);
                });
            }
        }
    }
    let reason = "no manifest beside it names it, so that nothing says what it is, and nothing of it was verified";
    unnamed.into_iter().map(|path| Finding::new(Kind::FileDiffers, &material.name(path), reason)).collect()
}
