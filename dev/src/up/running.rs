//! What is running, to be stopped in order.

use std::future::pending;

use super::schedule;
use crate::{failure::Failure, postgres, watch::Watch, workos::StandIn};

/// Everything that was started so far.
#[derive(Default)]
pub(super) struct Running {
    pub(super) postgres: Option<postgres::Server>,
    pub(super) stand_in: Option<StandIn>,
    pub(super) watch: Option<Watch>,
}

impl Running {
    /// Keeps the schedule until something ends that should not.
    pub(super) async fn ended(&mut self) -> Failure {
        let invoker = self.watch.as_ref().map(Watch::invoker);
        let kept = async {
            match &invoker {
                Some(invoker) => schedule::keep(invoker).await,
                None => pending().await,
            }
        };
        let postgres = async {
            match &mut self.postgres {
                Some(server) => server.ended().await,
                None => pending().await,
            }
        };
        let watch = async {
            match &mut self.watch {
                Some(watch) => watch.ended().await,
                None => pending().await,
            }
        };
        tokio::select! {
            failure = postgres => failure,
            failure = watch => failure,
            never = kept => match never {},
        }
    }

    /// Stops everything, what depends on others first.
    pub(super) async fn stop(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.stop().await;
        }
        if let Some(stand_in) = self.stand_in.take() {
            stand_in.stop().await;
        }
        if let Some(postgres) = self.postgres.take() {
            postgres.stop().await;
        }
    }
}
