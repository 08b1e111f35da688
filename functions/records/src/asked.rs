//! What a page needs of the request that it answers.

use eleva::{App, Session, database::OrganizationScope, http::Request};

/// A request of somebody who may read records.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) app: &'a App,
    pub(crate) session: &'a Session,
    pub(crate) scope: &'a OrganizationScope<'a>,
    pub(crate) request: &'a Request,
}
