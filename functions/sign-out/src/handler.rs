//! `/auth/sign-out`: GET asks, POST ends the session.
//!
//! Each step is best effort and none waits for another: the session is recorded as revoked here (so that a copied
//! cookie is dead), revoked at WorkOS, and the cookies always go.

use askama::Template;
use eleva::{
    App, Session,
    audit::{Action, Entry, Resource},
    database::{Error, Statement, Transaction},
    http::{Problem, Reply, Request},
    page::Layout,
    session::{EndingSession, Flow},
};
use futures_util::future::join;
use http::{Method, StatusCode};
use serde::Serialize;
use tokio_postgres::types::{ToSql, Type};

/// Gives the organization whose trail tells of it: the session's, or the platform's where it has none.
const REVOKE: &str = "
    insert into revoked_sessions (sid, workos_user_id)
    values ($1, $2)
    on conflict (sid) do nothing
    returning coalesce(
        (select o.id from organizations o where o.workos_org_id = $3),
        (select o.id from organizations o where o.type = 'platform')
    ) as org_id";

#[derive(Template)]
#[template(path = "sign-out.html")]
struct SignOutPage<'a> {
    layout: Layout<'a>,
}

#[derive(Serialize)]
struct HowTo {
    method: &'static str,
    path: &'static str,
}

#[derive(Serialize)]
struct SignedOut<'a> {
    logout_url: &'a str,
}

/// Answers a request.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    match (request.method(), request.segments().as_slice()) {
        (&Method::GET | &Method::HEAD, ["auth", "sign-out"]) => ask(request),
        (&Method::POST, ["auth", "sign-out"]) => sign_out(app, request).await,
        (_, ["auth", "sign-out"]) => Err(Problem::method_not_allowed("GET, HEAD, POST")),
        _ => Err(Problem::not_found()),
    }
}

fn ask(request: &Request) -> Result<Reply, Problem> {
    match request.wants_page() {
        true => Reply::page(StatusCode::OK, &SignOutPage { layout: Layout::public("Sign out") }),
        false => Reply::json(StatusCode::OK, &HowTo { method: "POST", path: "/auth/sign-out" }),
    }
}

async fn sign_out(app: &App, request: &Request) -> Result<Reply, Problem> {
    let home = app.public_url().join("/");
    let location = match Session::ending(app, request).await {
        Some(session) => {
            let (here, at_workos) =
                join(revoke_here(app, request, &session), app.workos().revoke_session(&session.id)).await;
            if let Err(problem) = here {
                tracing::error!(request_id = request.id(), %problem, "a session could not be recorded as revoked");
            }
            if let Err(error) = at_workos {
                tracing::warn!(request_id = request.id(), %error, "a session could not be revoked at WorkOS");
            }
            app.workos().logout_url(&session.id, &home)
        }
        None => home,
    };
    clear_cookies(request);
    let reply = match request.wants_page() || request.form().is_some() {
        true => Reply::see_other(location),
        false => Reply::json(StatusCode::OK, &SignedOut { logout_url: &location })?,
    };
    Ok(reply.with_header("clear-site-data", "\"cache\", \"cookies\", \"storage\""))
}

/// A session that was signed out before is recorded no second time.
async fn revoke_here(app: &App, request: &Request, session: &EndingSession) -> Result<(), Problem> {
    let EndingSession { id, user_id, org_id, impersonator } = session;
    app.identity()?
        .transaction(async |transaction: &mut Transaction<'_>| {
            let parameters: &[(&(dyn ToSql + Sync), Type)] =
                &[(id, Type::TEXT), (user_id, Type::TEXT), (org_id, Type::TEXT)];
            if let Some(row) = transaction.query_optional(Statement::new(REVOKE, parameters)).await? {
                let signed_out = Entry::new(request, Action::SessionSignedOut, Resource::session(id));
                transaction.audit(signed_out.about(row.try_get("org_id")?, Some(user_id), impersonator.as_deref()));
            }
            Ok::<(), Error>(())
        })
        .await?;
    Ok(())
}

fn clear_cookies(request: &Request) {
    Session::removal().into_iter().for_each(|cookie| request.set_cookie(cookie));
    Flow::removals(request.cookies()).into_iter().for_each(|cookie| request.set_cookie(cookie));
}
