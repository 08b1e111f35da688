//! What every route of a stand-in shares: its settings, its records, its clock, its faults.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use axum::extract::State;
use jiff::Timestamp;

use super::{
    clock::Clock, config::Config, fault::Faults, journal::Journal, records::Records, signing_key::SigningKey,
    state_file::StateFile, token::TokenSettings,
};

/// How a route takes the environment.
pub(super) type Shared = State<Arc<Environment>>;

/// One WorkOS environment.
#[derive(Debug)]
pub(super) struct Environment {
    /// The origin at which it is reached.
    pub(super) url: String,
    pub(super) client_id: String,
    pub(super) api_key: String,
    pub(super) redirect_uris: Vec<String>,
    pub(super) sign_out_redirect_uris: Vec<String>,
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) journal: Journal,
    /// Whether the hosted pages leave the choice among several organizations to the application.
    pub(super) application_selects_organization: Switch,
    /// Whether the hosted pages remember who signed in, until a session that came from it ends.
    pub(super) remembers_browsers: Switch,
    token_settings: Mutex<TokenSettings>,
    records: Mutex<Records>,
    state_file: Option<StateFile>,
    keys_taken: AtomicUsize,
}

impl Environment {
    /// Reads the state file, adds the seed, and sees to it that there is a signing key.
    pub(super) async fn open(config: Config, url: &str) -> io::Result<Self> {
        let state_file = config.state_file.map(StateFile::new);
        let mut records = match &state_file {
            Some(file) => file.read()?.unwrap_or_default(),
            None => Records::default(),
        };
        let clock = Clock::default();
        records.seed(config.directory, clock.now());
        if records.signing_keys.is_empty() {
            records.signing_keys.push(SigningKey::of_process(0).await?);
        }
        if let Some(file) = &state_file {
            file.write(&records)?;
        }
        let issuer = config.issuer.unwrap_or_else(|| format!("{url}/user_management/{}", config.client_id));
        Ok(Self {
            url: url.to_owned(),
            client_id: config.client_id,
            api_key: config.api_key,
            redirect_uris: config.redirect_uris,
            sign_out_redirect_uris: config.sign_out_redirect_uris,
            clock,
            faults: Faults::default(),
            journal: Journal::default(),
            application_selects_organization: Switch::default(),
            remembers_browsers: Switch::default(),
            token_settings: Mutex::new(TokenSettings::new(issuer)),
            records: Mutex::new(records),
            state_file,
            keys_taken: AtomicUsize::new(1),
        })
    }

    /// A key that this stand-in has not used yet.
    pub(super) async fn new_signing_key(&self) -> io::Result<SigningKey> {
        SigningKey::of_process(self.keys_taken.fetch_add(1, Ordering::SeqCst)).await
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Looks at the records.
    pub(super) fn read<R>(&self, look: impl FnOnce(&Records) -> R) -> R {
        look(&lock(&self.records))
    }

    /// Changes the records, all at once and before anybody else, and then writes the state file.
    pub(super) fn write<R>(&self, change: impl FnOnce(&mut Records) -> R) -> R {
        let mut records = lock(&self.records);
        let outcome = change(&mut records);
        if let Some(file) = &self.state_file
            && let Err(error) = file.write(&records)
        {
            tracing::error!(%error, "the state file of the WorkOS stand-in cannot be written");
        }
        outcome
    }

    pub(super) fn token_settings(&self) -> TokenSettings {
        lock(&self.token_settings).clone()
    }

    pub(super) fn change_token_settings(&self, change: impl FnOnce(&mut TokenSettings)) {
        change(&mut lock(&self.token_settings));
    }
}

/// A request that panicked must not take the following ones with it.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something that is on or off, at first off.
#[derive(Debug, Default)]
pub(super) struct Switch(AtomicBool);

impl Switch {
    pub(super) fn is_on(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    pub(super) fn set(&self, on: bool) {
        self.0.store(on, Ordering::SeqCst);
    }
}
