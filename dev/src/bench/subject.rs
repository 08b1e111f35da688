//! The product as it is measured: release binaries behind the gateway in process, a slow wire to PgBouncer, somebody
//! signed in who has events to list.

use std::{fs, net::Ipv4Addr, path::PathBuf, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE},
};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::json;

use crate::{
    environment::{Environment, WorkosAccess},
    failure::Failure,
    gateway::{Gateway, Routes},
    lambda::Function,
    postgres,
    repository::Repository,
    seed,
    state::write_private_file,
    wire::Wire,
    workos::{Config, StandIn},
    world::{Login, TestWorld},
};

/// Nobody's (RFC 6761); the gateway answers for it in process.
const PUBLIC_URL: &str = "https://app.eleva.test";
/// Who asks: an expert with a list of events.
const EMAIL: &str = "owner@aurora.example";
/// How many events there are to list.
const EVENTS: usize = 20;
/// Longer than any run: no request is to meet the refresh of a token.
const TOKEN_LIFETIME: Duration = Duration::from_secs(6 * 60 * 60);

/// A running product and a session in it.
pub(super) struct Subject {
    gateway: Gateway,
    wire: Wire,
    cookies: String,
    settings: Vec<(String, String)>,
    floor_database_url: String,
    /// Kept running.
    _workos: StandIn,
}

impl Subject {
    /// Starts it in a world of its own: the world's template database is taken as it is.
    pub(super) async fn start(repository: &Repository, world: &TestWorld) -> Result<Self, Failure> {
        let database = &world.template_database;
        seed::seed(&mut postgres::connect(&world.owner_url(database)).await?).await?;
        let workos = start_workos(world).await?;
        let wire = Wire::to(world.pgbouncer_port).map_err(Failure::io("lay a wire to PgBouncer"))?;
        let environment = Environment::of_functions(
            PUBLIC_URL,
            &world.ca_certificate_file.with_file_name("exports"),
            |login| world.pooled_url_at(wire.port(), login, database),
            &WorkosAccess {
                url: workos.url().to_owned(),
                issuer: None,
                client_id: world.secrets.workos_client_id.clone(),
                api_key: world.secrets.workos_api_key.clone(),
            },
            &world.secrets,
        )?;
        let mut settings = environment.into_pairs();
        settings.push(("SSL_CERT_FILE".to_owned(), roots(repository, world)?.display().to_string()));
        let functions = repository.functions()?.into_keys();
        let functions = functions.map(|name| Function::new(world.binaries.join(name), settings.clone()));
        let manifest = repository.root().join("Cargo.toml");
        let manifest = fs::read_to_string(&manifest).map_err(Failure::io(format!("read {}", manifest.display())))?;
        let routes = Routes::from_manifest(&manifest).map_err(|error| Failure::Unmet(error.to_string()))?;
        let floor_database_url = world.pooled_url_at(wire.port(), Login::App, database);
        let mut subject = Self {
            gateway: Gateway::new(routes, functions),
            wire,
            cookies: String::new(),
            settings,
            floor_database_url,
            _workos: workos,
        };
        subject.sign_in().await?;
        subject.offer_events().await?;
        Ok(subject)
    }

    /// Asks as the person who is signed in, and gives the answer if it has the status that was expected.
    pub(super) async fn get(&self, path: &str, accept: &str, expected: StatusCode) -> Result<Response<Bytes>, Failure> {
        let request = Request::get(path).header(ACCEPT, accept).header(COOKIE, &self.cookies);
        self.send(request, Bytes::new(), expected).await
    }

    /// A function.
    pub(super) fn function(&self, name: &str) -> Result<&Function, Failure> {
        self.gateway.function(name).ok_or_else(|| Failure::Unmet(format!("there is no function {name}")))
    }

    /// All functions.
    pub(super) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.gateway.functions()
    }

    /// The settings of every function.
    pub(super) fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    /// The way to the database.
    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// The same database over the same wire, for the floor.
    pub(super) fn floor_database_url(&self) -> &str {
        &self.floor_database_url
    }

    async fn send(
        &self,
        request: http::request::Builder,
        body: Bytes,
        expected: StatusCode,
    ) -> Result<Response<Bytes>, Failure> {
        let request = request.body(body).map_err(|error| Failure::Unmet(error.to_string()))?;
        let what = format!("{} {}", request.method(), request.uri().path());
        let response = self.gateway.handle(request).await;
        if response.status() == expected {
            return Ok(response);
        }
        let failures: Vec<String> = self.gateway.take_failures().iter().map(ToString::to_string).collect();
        Err(Failure::Unmet(format!("{what} was answered {}: {}", response.status(), failures.join("; "))))
    }

    /// To AuthKit's stand-in and back, as a browser goes.
    async fn sign_in(&mut self) -> Result<(), Failure> {
        let away = self.send(Request::get("/sign-in").header(ACCEPT, "text/html"), Bytes::new(), StatusCode::FOUND);
        let away = away.await?;
        self.cookies = cookies(away.headers());
        let back = choose(location(away.headers())?).await?;
        let path = back.strip_prefix(PUBLIC_URL).ok_or_else(|| Failure::Unmet(format!("{back} is not ours")))?;
        let arrived = self.get(path, "text/html", StatusCode::FOUND).await?;
        self.cookies = cookies(arrived.headers());
        Ok(())
    }

    async fn offer_events(&self) -> Result<(), Failure> {
        for number in 1..=EVENTS {
            let event = json!({
                "name": format!("Consultation {number}"), "description": "Anamnesis and a plan.",
                "duration_in_minutes": 50, "price": 6000, "currency": "eur",
            });
            let request = Request::builder()
                .method(Method::POST)
                .uri("/events")
                .header(ACCEPT, "application/json")
                .header(CONTENT_TYPE, "application/json")
                .header(ORIGIN, PUBLIC_URL)
                .header(COOKIE, &self.cookies);
            self.send(request, event.to_string().into(), StatusCode::CREATED).await?;
        }
        Ok(())
    }
}

/// The roots that functions are deployed with, and PgBouncer's among them: to the functions it is what Neon's is in
/// production.
fn roots(repository: &Repository, world: &TestWorld) -> Result<PathBuf, Failure> {
    let deployed = repository.root().join("roots/roots.pem");
    let mut pem = fs::read_to_string(&deployed).map_err(Failure::io(format!("read {}", deployed.display())))?;
    pem.push_str(&world.ca_certificate_pem);
    let file = world.scratch.join("roots.pem");
    write_private_file(&file, &pem)?;
    Ok(file)
}

async fn start_workos(world: &TestWorld) -> Result<StandIn, Failure> {
    let config = Config {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        public_url: None,
        client_id: world.secrets.workos_client_id.clone(),
        api_key: world.secrets.workos_api_key.clone(),
        redirect_uris: vec![format!("{PUBLIC_URL}/auth/callback")],
        sign_out_redirect_uris: vec![format!("{PUBLIC_URL}/")],
        issuer: None,
        state_file: None,
        directory: seed::directory(),
    };
    let workos = StandIn::start(config).await.map_err(Failure::io("start the WorkOS stand-in"))?;
    workos.control().set_token_lifetime(TOKEN_LIFETIME);
    Ok(workos)
}

/// Chooses who signs in, and gives the address that leads back with a code.
async fn choose(authorize_url: &str) -> Result<String, Failure> {
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("email", EMAIL).finish();
    let request = Request::post(authorize_url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form)
        .map_err(|error| Failure::Unmet(error.to_string()))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await;
    let answer = answer.map_err(|error| Failure::Unmet(format!("cannot sign in at the stand-in: {error}")))?;
    location(answer.headers()).map(str::to_owned)
}

fn location(headers: &HeaderMap) -> Result<&str, Failure> {
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    location.ok_or_else(|| Failure::Unmet("an answer that was to lead somewhere does not".to_owned()))
}

/// The cookies that an answer sets, without those that it takes away, as a `Cookie` header.
fn cookies(headers: &HeaderMap) -> String {
    let set = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let kept = set.filter(|cookie| !cookie.contains("Max-Age=0"));
    kept.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}
