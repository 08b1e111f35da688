//! What a sandbox keeps from request to request: the app, and the way to a new one when credentials have changed.
//!
//! Settings are read at start. A secret is read again only after its credentials were refused, by Postgres or by
//! WorkOS: that is how a rotation reaches sandboxes that live on.

use std::{
    env,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::future::join;

use crate::{
    app::{App, StartError},
    clients::Clients,
    clock::{Clock, Entropy},
    settings::{Group, Secret, SecretError, SecretStore, ServerSettings, Settings, SettingsError},
};

/// How long to wait after a secret was read in vain, in seconds: what is refused may be refused for good.
const COOL_DOWN: i64 = 30;

/// Which settings a sandbox reads.
#[derive(Clone, Copy)]
pub(crate) enum Needs {
    /// Those of a function with these groups.
    Function(&'static [Group]),
    /// Those of a worker with these groups.
    Worker(&'static [Group]),
}

impl Needs {
    fn read(self, source: impl Fn(&str) -> Option<String>) -> Result<Settings, SettingsError> {
        match self {
            Self::Function(groups) => Settings::read(groups, source),
            Self::Worker(groups) => Settings::read_for_worker(groups, source),
        }
    }
}

/// A started sandbox.
pub(crate) struct Sandbox {
    needs: Needs,
    store: Option<SecretStore>,
    current: Mutex<Current>,
}

struct Current {
    app: Arc<App>,
    /// The version of the secret that the app was made from.
    version: String,
    /// When the secret was last read without anything new in it, seconds since the Unix epoch.
    read_in_vain_at: Option<i64>,
}

impl Sandbox {
    /// Reads the settings, from the environment and, where `ELEVA_SECRET_ID` names one, from a secret. WorkOS's signing
    /// keys are fetched while the secret is waited for; a worker has no use for them.
    pub(crate) async fn start(needs: Needs) -> Result<Self, StartError> {
        let (clock, entropy) = (Clock::default(), Entropy::default());
        let Some(id) = environment("ELEVA_SECRET_ID") else {
            let settings = needs.read(environment)?;
            let app = App::new(settings, clock, entropy)?;
            return Ok(Self::with(needs, None, app, String::new()));
        };
        let warming = async {
            match needs {
                Needs::Function(_) => warm_clients(&clock).await,
                Needs::Worker(_) => None,
            }
        };
        let (read, clients) = join(first_secret(id), warming).await;
        let (store, secret) = read?;
        let settings = read_settings(needs, &secret)?;
        let app = match clients.filter(|clients| clients.serve(&settings.servers)) {
            Some(clients) => App::with_clients(settings, clock, entropy, clients),
            None => App::new(settings, clock, entropy)?,
        };
        Ok(Self::with(needs, Some(store), app, secret.version))
    }

    fn with(needs: Needs, store: Option<SecretStore>, app: App, version: String) -> Self {
        let current = Current { app: Arc::new(app), version, read_in_vain_at: None };
        Self { needs, store, current: Mutex::new(current) }
    }

    /// The app.
    pub(crate) fn app(&self) -> Arc<App> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).app.clone()
    }

    /// Where the credentials of `app` were refused, reads the secret again. True when there is a new app in its place.
    pub(crate) async fn renew(&self, app: &App) -> bool {
        let Some(store) = &self.store else { return false };
        if !app.credentials().were_refused() || !self.is_rested(app) {
            return false;
        }
        match self.read_again(store, app).await {
            Ok(is_new) => is_new,
            Err(error) => {
                tracing::error!(%error, "credentials were refused, and the settings cannot be read again");
                false
            }
        }
    }

    fn is_rested(&self, app: &App) -> bool {
        let read_in_vain_at = self.current.lock().unwrap_or_else(PoisonError::into_inner).read_in_vain_at;
        read_in_vain_at.is_none_or(|at| app.clock().seconds() - at >= COOL_DOWN)
    }

    async fn read_again(&self, store: &SecretStore, app: &App) -> Result<bool, StartError> {
        let read = store.read().await;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.read_in_vain_at = Some(app.clock().seconds());
        let secret = read?;
        if secret.version == current.version {
            app.credentials().forget_refusal();
            return Ok(false);
        }
        let settings = read_settings(self.needs, &secret)?;
        let (clock, entropy) = (app.clock().clone(), app.entropy());
        let renewed = match app.clients().serve(&settings.servers) {
            true => App::with_clients(settings, clock, entropy, app.clients().clone()),
            false => App::new(settings, clock, entropy)?,
        };
        *current = Current { app: Arc::new(renewed), version: secret.version, read_in_vain_at: None };
        tracing::info!("credentials were refused, and the settings were read again");
        Ok(true)
    }
}

async fn first_secret(id: String) -> Result<(SecretStore, Secret), SecretError> {
    let store = SecretStore::new(id).await;
    let secret = store.read().await?;
    Ok((store, secret))
}

/// Fetches the signing keys ahead of the first request, where the environment says whose. That they cannot be had is no
/// reason not to start.
async fn warm_clients(clock: &Clock) -> Option<Clients> {
    let clients = Clients::new(ServerSettings::read(environment).ok()?).ok()?;
    clients.jwks.warm(clock.seconds()).await;
    Some(clients)
}

fn environment(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn read_settings(needs: Needs, secret: &Secret) -> Result<Settings, SettingsError> {
    needs.read(|name| secret.setting(name).map(str::to_owned).or_else(|| environment(name)))
}
