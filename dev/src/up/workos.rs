//! Which WorkOS the functions speak with.

use std::{env, io, net::Ipv4Addr};

use super::Up;
use crate::{
    environment::WorkosAccess,
    failure::Failure,
    secrets::Secrets,
    seed,
    state::StateFolder,
    workos::{Config, StandIn},
};

/// Where the stand-in listens when the port is free.
const STAND_IN_PORT: u16 = 9010;

/// The access to the WorkOS of `--workos-url`, if it is given.
pub(super) fn given(up: &Up) -> Result<Option<WorkosAccess>, Failure> {
    let Some(url) = &up.workos_url else { return Ok(None) };
    let url = url.trim_end_matches('/');
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err(Failure::Unmet(format!("--workos-url {url} is not an http or https URL")));
    }
    Ok(Some(WorkosAccess {
        url: url.to_owned(),
        issuer: up.workos_issuer.clone(),
        client_id: from_environment("WORKOS_CLIENT_ID")?,
        api_key: from_environment("WORKOS_API_KEY")?,
    }))
}

fn from_environment(name: &str) -> Result<String, Failure> {
    env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| Failure::Unmet(format!("--workos-url takes {name} from the environment, where it is missing")))
}

/// Starts the stand-in, which keeps its state in `.dev`.
///
/// It is reached as 127.0.0.1 while the product is at `localhost`: two sites to a browser, as WorkOS and we are.
pub(super) async fn start(state: &StateFolder, secrets: &Secrets, public_url: &str) -> Result<StandIn, Failure> {
    let config = Config {
        listen: (Ipv4Addr::LOCALHOST, STAND_IN_PORT).into(),
        public_url: None,
        client_id: secrets.workos_client_id.clone(),
        api_key: secrets.workos_api_key.clone(),
        redirect_uris: vec![format!("{public_url}/auth/callback")],
        sign_out_redirect_uris: vec![format!("{public_url}/")],
        issuer: None,
        state_file: Some(state.join("workos.json")),
        directory: seed::directory(),
    };
    let started = match StandIn::start(config.clone()).await {
        // Another world's is there.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            StandIn::start(Config { listen: (Ipv4Addr::LOCALHOST, 0).into(), ..config }).await
        }
        started => started,
    };
    started.map_err(Failure::io("start the WorkOS stand-in"))
}

/// The access to the stand-in.
pub(super) fn of_stand_in(stand_in: &StandIn, secrets: &Secrets) -> WorkosAccess {
    WorkosAccess {
        url: stand_in.url().to_owned(),
        issuer: None,
        client_id: secrets.workos_client_id.clone(),
        api_key: secrets.workos_api_key.clone(),
    }
}
