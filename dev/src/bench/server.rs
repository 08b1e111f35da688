//! The server of a benchmark: made anew, with settings of its own.

use crate::{
    failure::Failure,
    postgres::{self, Cluster, Server},
    state::StateFolder,
};

/// Starts a fresh server with these settings.
pub(super) async fn start(
    cluster: &Cluster,
    state: &StateFolder,
    settings: &[(&str, &str)],
) -> Result<Server, Failure> {
    cluster.discard().await?;
    cluster.create(&state.log("initdb")).await?;
    let server = cluster.start(&state.log("postgres")).await?;
    let superuser = postgres::connect(&server.superuser_url("postgres")).await?;
    for (name, value) in settings {
        let set = format!("alter system set {name} = '{value}'");
        superuser.batch_execute(&set).await.map_err(Failure::database(&set))?;
    }
    drop(superuser);
    server.stop().await;
    cluster.start(&state.log("postgres")).await
}
