//! A running stand-in.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{Router, middleware};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use super::{
    authenticate, authorize,
    config::Config,
    connection::{Connections, Peer},
    control::{self, Control},
    environment::Environment,
    intake::{self, Intake},
    jwks, membership, organization, portal, session, user,
};

/// A WorkOS environment that listens. Dropping it stops it, without waiting.
#[derive(Debug)]
pub struct StandIn {
    control: Control,
    url: String,
    stopping: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
}

impl StandIn {
    /// Starts one. It answers from then on.
    ///
    /// # Errors
    /// When the address cannot be bound, the state file is not readable as one, or no key can be made.
    pub async fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let url = match &config.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", reachable(listener.local_addr()?)),
        };
        let environment = Arc::new(Environment::open(config, &url).await?);
        let control = Control::new(Arc::clone(&environment));
        let (stopping, stop) = watch::channel(false);
        let intake = Intake { environment: Arc::clone(&environment), stopping: stop.clone() };
        let router = router(intake).with_state(environment).into_make_service_with_connect_info::<Peer>();
        let serving = axum::serve(Connections(listener), router).with_graceful_shutdown(stopped(stop));
        let server = tokio::spawn(async move { serving.await });
        Ok(Self { control, url, stopping, server })
    }

    /// The origin at which it is reached, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What tests and tools may do to it.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Stops it. Requests in flight are cut off; afterwards its address is free.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        // Serving ends without an error, and a task that panicked has ended too.
        let _ = (&mut self.server).await;
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.stopping.send_replace(true);
    }
}

fn router(intake: Intake) -> Router<Arc<Environment>> {
    Router::new()
        .merge(authorize::routes())
        .merge(authenticate::routes())
        .merge(jwks::routes())
        .merge(session::routes())
        .merge(organization::routes())
        .merge(membership::routes())
        .merge(user::routes())
        .merge(portal::routes())
        .merge(control::routes())
        .layer(middleware::from_fn_with_state(intake, intake::pass))
}

/// The address as somebody on this machine connects to it.
fn reachable(bound: SocketAddr) -> SocketAddr {
    match bound.ip().is_unspecified() {
        true => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), bound.port()),
        false => bound,
    }
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the stand-in is gone, which ends it too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
