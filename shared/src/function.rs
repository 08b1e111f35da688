//! A function's life: start, then one request after another.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    app::App,
    audit, headers,
    http::{Problem, Reply, Request, form, refuse_cross_site},
    page::ProblemPage,
    return_path::ReturnPath,
    sandbox::{Needs, Sandbox},
    session::SessionCookie,
    settings::Group,
};

/// What a function is made of, besides its handler.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name: package, folder, binary and template block share it.
    pub name: &'static str,
    /// The settings it needs beyond those of every function.
    pub settings: &'static [Group],
    /// The most bytes of a request's body.
    pub body_limit: usize,
    /// The longest that an answer may take. When the time is up, whatever is under way is dropped: transactions roll
    /// back.
    pub time_limit: Duration,
}

/// The least time there is for recording a refusal, however long it took to refuse.
const LEAST_PATIENCE: Duration = Duration::from_millis(400);

/// The time for an answer was up.
#[derive(Debug, thiserror::Error)]
#[error("the answer took longer than {0:?}")]
struct OutOfTime(Duration);

impl Function {
    /// What a function is unless it says otherwise. An outage is answered within five seconds, however many parts it
    /// concerns.
    pub const DEFAULT: Self =
        Self { name: "", settings: &[], body_limit: 16 * 1024, time_limit: Duration::from_millis(4_500) };

    /// Starts, and answers requests until the sandbox ends.
    ///
    /// A start that fails is logged with the setting that is at fault and ends the process, so that the platform
    /// reports it.
    pub async fn run(
        self,
        handler: impl AsyncFn(&App, &Request) -> Result<Reply, Problem>,
    ) -> Result<(), lambda_runtime::Error> {
        crate::log::init(self.name);
        let sandbox = Sandbox::start(Needs::Function(self.settings)).await.inspect_err(|error| {
            tracing::error!(function = self.name, %error, "the function cannot start");
        })?;
        let (sandbox, handler) = (&sandbox, &handler);
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
            let mut request = Request::from_event(event.payload, &event.context.request_id)?;
            Ok::<Value, lambda_runtime::Error>(self.answer(sandbox, &mut request, handler).await)
        }))
        .await
    }

    async fn answer(
        &self,
        sandbox: &Sandbox,
        request: &mut Request,
        handler: impl AsyncFn(&App, &Request) -> Result<Reply, Problem>,
    ) -> Value {
        let started = Instant::now();
        let app = sandbox.app();
        let outcome = match self.admit(&app, request) {
            Ok(()) => timeout(self.time_limit, handle(sandbox, &app, request, handler))
                .await
                .unwrap_or_else(|_| Err(Problem::unavailable(OutOfTime(self.time_limit)))),
            Err(problem) => Err(problem),
        };
        let mut reply = match outcome {
            Ok(reply) => reply,
            Err(problem) => {
                let patience = self.time_limit.saturating_sub(started.elapsed()).max(LEAST_PATIENCE);
                record_refusal(sandbox, request, self.name, &problem, patience).await;
                refuse(request, &problem)
            }
        };
        headers::complete(&mut reply, &app, request);
        tracing::info!(
            function = self.name,
            request_id = request.id(),
            method = %request.method(),
            status = reply.status().as_u16(),
            milliseconds = started.elapsed().as_millis() as u64,
            "answered"
        );
        reply.into_event(&request.take_outgoing_cookies())
    }

    /// What every request must pass before its handler sees it.
    fn admit(&self, app: &App, request: &mut Request) -> Result<(), Problem> {
        refuse_cross_site(request, app.public_url())?;
        request.read_body(self.body_limit)
    }
}

/// Has the handler answer. What failed over credentials that were rotated is tried once more with the new ones, unless
/// something was used that can be used once only: its result stands in a cookie.
async fn handle(
    sandbox: &Sandbox,
    app: &App,
    request: &Request,
    handler: impl AsyncFn(&App, &Request) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    let outcome = handler(app, request).await;
    if sandbox.renew(app).await && outcome.is_err() && !request.has_outgoing_cookies() {
        return handler(&sandbox.app(), request).await;
    }
    outcome
}

/// Records whom a problem refuses; once more with new credentials, where the old ones were rotated. The caller is
/// refused whether or not this succeeds: they get nothing. That it failed is logged.
async fn record_refusal(sandbox: &Sandbox, request: &Request, function: &str, problem: &Problem, patience: Duration) {
    let work = async {
        let app = sandbox.app();
        match audit::record_refusal(&app, request, function, problem).await {
            Err(_) if sandbox.renew(&app).await => {
                audit::record_refusal(&sandbox.app(), request, function, problem).await
            }
            outcome => outcome,
        }
    };
    let failed = match timeout(patience, work).await {
        Ok(Ok(())) => return,
        Ok(Err(problem)) => problem.to_string(),
        Err(_) => OutOfTime(patience).to_string(),
    };
    tracing::error!(request_id = request.id(), error = failed, "a refusal could not be recorded");
}

/// Turns a problem into a reply and logs what was behind it: here, once.
fn refuse(request: &Request, problem: &Problem) -> Reply {
    let request_id = request.id();
    match (problem.cause(), problem.status().is_server_error()) {
        (Some(cause), true) => tracing::error!(request_id, code = problem.code(), %cause, "failed"),
        (cause, _) => {
            tracing::info!(request_id, code = problem.code(), cause = cause.map(tracing::field::display), "refused")
        }
    }
    if problem.status() == StatusCode::UNAUTHORIZED {
        end_session(request);
        if request.wants_page() {
            return Reply::found(sign_in_path(request));
        }
    }
    render(request, problem)
}

/// A session that was refused once is refused for good (revoked, its person deleted): its cookies go.
fn end_session(request: &Request) {
    if SessionCookie::is_present(request.cookies()) {
        SessionCookie::removal().into_iter().for_each(|cookie| request.set_cookie(cookie));
    }
}

fn sign_in_path(request: &Request) -> String {
    let path =
        |return_to: &str| format!("/sign-in?return_to={}", form::encode(ReturnPath::sanitize(return_to).as_str()));
    match *request.method() {
        Method::GET | Method::HEAD => path(&request.path_and_query()),
        // What was posted cannot be repeated by a redirect; the page it was posted from can be shown again. `ended`
        // has /sign-in stop at a page: browsers hold the redirects that follow a form to the page's form-action, and
        // AuthKit's host is not on it.
        _ => format!("{}&ended=1", path(&request.referring_path().unwrap_or_default())),
    }
}

fn render(request: &Request, problem: &Problem) -> Reply {
    let rendered = match request.wants_page() {
        true => Reply::page(problem.status(), &ProblemPage::new(problem, request.id())),
        false => Reply::problem(problem, request.id()),
    };
    // Neither a problem's page nor its JSON can fail to render; should that change, the status still tells.
    let mut reply = rendered.unwrap_or_else(|_| Reply::empty(problem.status()));
    if problem.status() == StatusCode::UNAUTHORIZED {
        // RFC 9110, section 15.5.2. No registered scheme fits a cookie, and an unknown one makes no browser ask.
        reply.set_header("www-authenticate", "Cookie realm=\"Eleva\"");
    }
    if let Some(allow) = problem.allow() {
        reply.set_header("allow", allow);
    }
    if problem.status() == StatusCode::SERVICE_UNAVAILABLE {
        reply.set_header("retry-after", "5");
    }
    reply
}
