//! Passwords and keys of a world: generated once, kept in a file that only its owner may read.

use std::{fs, io::ErrorKind, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use evidence::signature::Signer;
use serde::{Deserialize, Serialize};

use crate::{failure::Failure, state::write_private_file};

/// Everything that is secret in a world. The same from run to run, so that data and sessions stay good.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    /// Of the database superuser `postgres`.
    pub superuser_password: String,
    /// Of the database owner.
    pub owner_password: String,
    /// Of `eleva_app`.
    pub app_password: String,
    /// Of `eleva_identity`.
    pub identity_password: String,
    /// Of `eleva_exporter`.
    pub exporter_password: String,
    /// The ring that seals cookies.
    pub session_keys: String,
    /// The ring of master keys, which wrap the organizations' data keys.
    pub encryption_keys: String,
    /// The ring of `app.begin`.
    pub begin_keys: String,
    /// The ring of seeds that sign the manifests of exports.
    pub export_signing_key: String,
    /// The ring of seeds that sign checkpoints.
    pub checkpoint_signing_key: String,
    /// Our client id at the WorkOS stand-in.
    pub workos_client_id: String,
    /// Our API key there.
    pub workos_api_key: String,
}

impl Secrets {
    /// New ones.
    pub fn generate() -> Result<Self, Failure> {
        Ok(Self {
            superuser_password: word()?,
            owner_password: word()?,
            app_password: word()?,
            identity_password: word()?,
            exporter_password: word()?,
            session_keys: ring()?,
            encryption_keys: ring()?,
            begin_keys: ring()?,
            export_signing_key: ring()?,
            checkpoint_signing_key: ring()?,
            workos_client_id: format!("client_{}", word()?),
            workos_api_key: format!("sk_test_{}", word()?),
        })
    }

    /// Those in a file; `None` when there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::io(format!("read {}", path.display()))(error)),
        };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            let folder = path.parent().unwrap_or(path);
            Failure::Unmet(format!(
                "{} cannot be used ({error}); delete {} to start anew",
                path.display(),
                folder.display()
            ))
        })
    }

    /// Writes them to a file.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Failure::Unmet(format!("cannot write {}: {error}", path.display())))?;
        write_private_file(path, &text)
    }
}

/// 144 random bits in characters that need no escape anywhere.
fn word() -> Result<String, Failure> {
    let mut bytes = [0; 18];
    fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The public halves of a ring of seeds, as a ring of the same ids.
pub fn public_halves(ring: &str) -> Result<String, Failure> {
    let malformed = || Failure::Unmet("a ring of seeds is not kid:base64,…; delete the world to start anew".to_owned());
    let public_half = |entry: &str| {
        let (key_id, seed) = entry.split_once(':')?;
        let seed: [u8; 32] = STANDARD.decode(seed).ok()?.try_into().ok()?;
        let public_key = Signer::new(key_id, &seed).public_key();
        Some(format!("{key_id}:{}", STANDARD.encode(public_key.to_bytes())))
    };
    let halves: Option<Vec<String>> = ring.split(',').map(public_half).collect();
    Ok(halves.ok_or_else(malformed)?.join(","))
}

/// A ring of one key.
fn ring() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    fill(&mut bytes)?;
    Ok(format!("dev1:{}", STANDARD.encode(bytes)))
}

/// Fills with random bytes of the system.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes).map_err(|error| Failure::Unmet(format!("the system gives no random numbers: {error}")))
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn secrets_are_new_each_time_and_need_no_escape() {
        let (one, other) = (Secrets::generate().expect("random"), Secrets::generate().expect("random"));
        assert_ne!(one.owner_password, other.owner_password);
        assert_ne!(one.owner_password, one.app_password);
        assert!(one.owner_password.chars().all(|character| character.is_ascii_alphanumeric()));
        assert!(one.begin_keys.starts_with("dev1:"));
    }
}
