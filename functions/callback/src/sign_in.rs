//! The end of a sign-in: it is recorded, and the browser gets its session.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, Statement, Transaction},
    http::Request,
    session::Claims,
    workos::Tokens,
};
use tokio_postgres::types::{ToSql, Type};

use crate::failure::Failure;

const ORGANIZATION: &str = "
    select id
    from organizations
    where workos_org_id = $1";

/// Seals the session, records the sign-in, and only then hands the session over.
pub(crate) async fn finish(app: &App, request: &Request, tokens: Tokens, claims: Claims) -> Result<(), Failure> {
    let session = Session::seal(app, request, tokens, claims.clone())?;
    app.identity()?
        .transaction(async |transaction: &mut Transaction<'_>| {
            let parameters: &[(&(dyn ToSql + Sync), Type)] = &[(&claims.org_id, Type::TEXT)];
            let row = transaction.query_optional(Statement::new(ORGANIZATION, parameters)).await?;
            let row = row.ok_or(Error::Shape("the organization that was provisioned"))?;
            let signed_in = Entry::new(request, Action::SessionSignedIn, Resource::session(&claims.sid));
            transaction.audit(signed_in.about(row.try_get("id")?, Some(&claims.sub), claims.impersonator()));
            Ok::<(), Error>(())
        })
        .await?;
    session.start(request);
    Ok(())
}
