//! `GET /audit/portal`: on to the audit log that WorkOS keeps for the organization's administrators.

use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, Statement, Transaction},
    http::{Problem, Reply, Request},
    permission::Permission,
    workos::PortalIntent,
};

/// The organization as WorkOS knows it; the platform's own is not known there.
const WORKOS_ORGANIZATION: &str = "
    select workos_org_id
    from organizations
    where id = (select app.org_id())";

/// Records that somebody goes to look, and sends them there. The link is made anew each time; it is not in the trail.
pub(crate) async fn open(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::AuditRead)?;
    let organization_id = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let row = transaction.query_optional(Statement::new(WORKOS_ORGANIZATION, &[])).await?;
            let id: Option<String> = row.ok_or(Error::Shape("an organization"))?.try_get("workos_org_id")?;
            transaction
                .audit(Entry::new(request, Action::AuditLogViewed, Resource::audit_log()).with("view", "portal"));
            Ok::<_, Error>(id)
        })
        .await?
        .ok_or_else(Problem::not_found)?;
    let return_url = app.public_url().join("/audit/logs");
    let link = app.workos().portal_link(&organization_id, PortalIntent::AuditLogs, &return_url).await;
    Ok(Reply::see_other(link.map_err(Problem::unavailable)?))
}
