//! The store that the files of exports lie in.

use eleva::{App, http::Problem};
use store::Store;
use tokio::sync::OnceCell;

/// The store, made when it is first asked for and kept as long as the sandbox: finding out region and credentials takes
/// time.
#[derive(Default)]
pub(crate) struct Files(OnceCell<Store>);

impl Files {
    /// The store.
    pub(crate) async fn store(&self, app: &App) -> Result<&Store, Problem> {
        self.0.get_or_try_init(async || Ok(Store::new(app.store_url()?).await)).await
    }
}
