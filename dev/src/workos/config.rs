//! What a stand-in is started with.

use std::{net::SocketAddr, path::PathBuf};

use super::directory::Directory;

/// The settings of a stand-in: WorkOS's dashboard, so to speak.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The origin by which browsers and functions reach it; by default `http://` and the address bound.
    pub public_url: Option<String>,
    /// The application's client id.
    pub client_id: String,
    /// The application's API key, which is its client secret too.
    pub api_key: String,
    /// Where sign-ins may return to. Compared exactly.
    pub redirect_uris: Vec<String>,
    /// Where sign-outs may return to. Compared exactly; the first one is the default.
    pub sign_out_redirect_uris: Vec<String>,
    /// The `iss` of access tokens; by default `{url}/user_management/{client_id}`.
    pub issuer: Option<String>,
    /// Where everything is kept across restarts; nowhere when absent. It holds private keys: mode 600.
    pub state_file: Option<PathBuf>,
    /// Who exists at the first start. What a state file knows already stays as it is there.
    pub directory: Directory,
}
