//! The description has the operations of the table of routes, which tests of its own hold to the handlers.

use std::collections::BTreeSet;

use super::description::Description;
use crate::routes::{Access, ROUTES, Route};

fn route(method: &str, path: &str) -> &'static Route {
    let found = ROUTES.iter().find(|route| (route.method, route.path) == (method, path));
    found.unwrap_or_else(|| panic!("there is no {method} {path}"))
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let description = Description::read();
    let described: BTreeSet<(String, &str)> =
        description.operations().into_iter().map(|operation| (operation.method, operation.path)).collect();
    let there: BTreeSet<(String, &str)> = ROUTES.iter().map(|route| (route.method.to_owned(), route.path)).collect();
    assert_eq!(described, there);
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_what_it_is() {
    let description = Description::read();
    let mut names = BTreeSet::new();
    for operation in description.operations() {
        let text = |field: &str| operation.value[field].as_str().unwrap_or_default();
        assert!(!text("operationId").is_empty() && !text("summary").is_empty(), "{operation:?}");
        assert!(names.insert(text("operationId").to_owned()), "{} stands twice", text("operationId"));
    }
}

#[test]
fn operations_ask_for_a_session_where_their_routes_do_and_name_the_permission() {
    let description = Description::read();
    for operation in description.operations() {
        // Without `security` of its own an operation has the description's, which is the session.
        let takes_anybody = operation.value.get("security").is_some();
        let text = operation.value["description"].as_str().unwrap_or_default();
        match route(&operation.method, operation.path).access {
            Access::Public(_) => assert!(takes_anybody, "{operation:?}"),
            Access::Session => assert!(!takes_anybody, "{operation:?}"),
            Access::Permission(permission) => {
                assert!(!takes_anybody && text.contains(&format!("Permission `{permission}`")), "{operation:?}");
            }
        }
    }
}

#[test]
fn every_operation_has_the_refusals_of_its_route() {
    let description = Description::read();
    for operation in description.operations() {
        let responses = description.responses(&operation);
        let statuses: BTreeSet<&str> = responses.into_iter().map(|(status, _)| status).collect();
        let route = route(&operation.method, operation.path);
        let mut expected = Vec::new();
        if !matches!(route.access, Access::Public(_)) {
            // A navigation gets 302 where an API call gets 401.
            expected.extend(["302", "401", "403", "503"]);
        }
        if route.is_unsafe() {
            expected.extend(["403", "413", "415"]);
        }
        for status in expected {
            assert!(statuses.contains(status), "{status} of {operation:?}");
        }
    }
}

#[test]
fn every_response_has_the_headers_that_its_status_comes_with() {
    let description = Description::read();
    for operation in description.operations() {
        for (status, response) in description.responses(&operation) {
            let mut expected = vec!["X-Request-Id"];
            match status {
                "201" | "302" | "303" => expected.push("Location"),
                "401" => expected.push("WWW-Authenticate"),
                "503" => expected.push("Retry-After"),
                _ => {}
            }
            for name in expected {
                let header = description.resolve(&response["headers"][name]);
                assert_eq!(header["required"], true, "{name} of {status} of {} {}", operation.method, operation.path);
            }
        }
    }
}
