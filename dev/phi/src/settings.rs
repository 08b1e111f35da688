//! Who reads and writes, and where.

use std::{env, error::Error};

use eleva::{keyring::Keyring, phi::MasterKeys};
use uuid::Uuid;

/// What the environment says.
pub(crate) struct Settings {
    /// `PHI_DATABASE_URL`: as `eleva_app`, directly.
    pub(crate) database_url: String,
    /// `PHI_CLAIMS` and `PHI_MAC` (hexadecimal): what `app.begin` takes.
    pub(crate) claims: String,
    pub(crate) mac: Vec<u8>,
    /// `PHI_ORG_ID` and `PHI_USER_ID`: whose claims they are.
    pub(crate) org_id: Uuid,
    pub(crate) user_id: String,
    /// `PHI_EVENT_ID`: an event of theirs.
    pub(crate) event_id: Uuid,
    /// `ENCRYPTION_KEYS`.
    pub(crate) master_keys: MasterKeys,
}

impl Settings {
    /// Reads them. Errors name the setting.
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let text = |name: &str| env::var(name).map_err(|_| format!("{name} is missing"));
        let mac = text("PHI_MAC")?;
        let byte = |at: usize| mac.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let mac: Option<Vec<u8>> = (0..mac.len()).step_by(2).map(byte).collect();
        Ok(Self {
            database_url: text("PHI_DATABASE_URL")?,
            claims: text("PHI_CLAIMS")?,
            mac: mac.ok_or("PHI_MAC is not hexadecimal")?,
            org_id: text("PHI_ORG_ID")?.parse()?,
            user_id: text("PHI_USER_ID")?,
            event_id: text("PHI_EVENT_ID")?.parse()?,
            master_keys: MasterKeys::new(&Keyring::parse(&text("ENCRYPTION_KEYS")?)?),
        })
    }
}
