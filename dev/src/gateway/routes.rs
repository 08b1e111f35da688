//! Which function a path belongs to.

use std::collections::BTreeMap;

use matchit::Router;
use serde::Deserialize;

/// The watch routes of the workspace: path patterns, each with its function.
#[derive(Clone)]
pub struct Routes {
    patterns: BTreeMap<String, String>,
    router: Router<Route>,
}

/// A pattern and the function that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The pattern as `cargo lambda watch` reads it: `/events/{*rest}`.
    pub pattern: String,
    /// The function's name.
    pub function: String,
}

/// Why the routes were not taken.
#[derive(Debug, thiserror::Error)]
pub enum RoutesError {
    /// The manifest is not TOML, or has no `[workspace.metadata.lambda.watch.router]` of patterns and names.
    #[error("no watch routes can be read from the manifest: {0}")]
    Manifest(#[from] toml::de::Error),
    /// A pattern is malformed or stands in another's way.
    #[error("the watch route {pattern} cannot be added: {source}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What the router says.
        source: matchit::InsertError,
    },
}

#[derive(Deserialize)]
struct Manifest {
    workspace: Workspace,
}

#[derive(Deserialize)]
struct Workspace {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    lambda: Lambda,
}

#[derive(Deserialize)]
struct Lambda {
    watch: Watch,
}

#[derive(Deserialize)]
struct Watch {
    router: BTreeMap<String, String>,
}

impl Routes {
    /// Reads `[workspace.metadata.lambda.watch.router]` of the text of a `Cargo.toml`.
    pub fn from_manifest(manifest: &str) -> Result<Self, RoutesError> {
        let manifest: Manifest = toml::from_str(manifest)?;
        Self::new(manifest.workspace.metadata.lambda.watch.router)
    }

    /// Routes from patterns and the names of their functions. The router is the one that `cargo lambda watch` uses.
    pub fn new(patterns: BTreeMap<String, String>) -> Result<Self, RoutesError> {
        let mut router = Router::new();
        for (pattern, function) in &patterns {
            let route = Route { pattern: pattern.clone(), function: function.clone() };
            router
                .insert(pattern.clone(), route)
                .map_err(|source| RoutesError::Pattern { pattern: pattern.clone(), source })?;
        }
        Ok(Self { patterns, router })
    }

    /// The route that takes `path`; the most literal one where several could.
    pub fn find(&self, path: &str) -> Option<&Route> {
        self.router.at(path).ok().map(|found| found.value)
    }

    /// Every pattern with its function's name.
    pub fn patterns(&self) -> impl Iterator<Item = (&str, &str)> {
        self.patterns.iter().map(|(pattern, function)| (pattern.as_str(), function.as_str()))
    }
}

impl Route {
    /// The `routeKey` that the gateway states for this route: it writes a catch-all as `{proxy+}`, and what no other
    /// route takes is `$default`.
    pub fn key(&self) -> String {
        match self.pattern.split_once("{*") {
            Some(("/", _)) => "$default".to_owned(),
            Some((prefix, _)) => format!("ANY {prefix}{{proxy+}}"),
            None => format!("ANY {}", self.pattern),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Routes, RoutesError};

    const MANIFEST: &str = r#"
        [workspace]
        members = []
        [workspace.metadata.lambda.watch.router]
        "/events" = "events"
        "/events/{*rest}" = "events"
        "/" = "dashboard"
        "/{*rest}" = "dashboard"
    "#;

    #[test]
    fn the_most_literal_route_takes_a_path() {
        let routes = Routes::from_manifest(MANIFEST).expect("routes");
        for (path, function, key) in [
            ("/events", "events", "ANY /events"),
            ("/events/1", "events", "ANY /events/{proxy+}"),
            ("/events/1/2", "events", "ANY /events/{proxy+}"),
            ("/eventsx", "dashboard", "$default"),
            ("/", "dashboard", "ANY /"),
            ("//events", "dashboard", "$default"),
        ] {
            let route = routes.find(path).unwrap_or_else(|| panic!("{path} has a route"));
            assert_eq!((route.function.as_str(), route.key().as_str()), (function, key), "{path}");
        }
    }

    #[test]
    fn routes_that_cannot_be_read_are_an_error() {
        assert!(matches!(Routes::from_manifest("[workspace]"), Err(RoutesError::Manifest(_))));
        let conflict = [("/a/{x}", "a"), ("/a/{*rest}", "b")].map(|(p, f)| (p.to_owned(), f.to_owned()));
        assert!(matches!(Routes::new(conflict.into()), Err(RoutesError::Pattern { .. })));
    }
}
