//! The limits of an event stand in three places: the description, the functions, the database.

use std::{collections::BTreeMap, fs};

use eleva::audit::{Action, Category, ResourceType};
use serde_json::{Value, json};

use super::description::Description;
use crate::app::TestApp;

/// The numbers among the constants of a source file of `events`.
fn constants(file: &str) -> BTreeMap<String, u64> {
    constants_of("events", file)
}

/// The same of any function.
fn constants_of(function: &str, file: &str) -> BTreeMap<String, u64> {
    constants_at(&format!("functions/{function}/src/{file}"))
}

/// The same of what all functions share in reading requests.
fn shared_constants(file: &str) -> BTreeMap<String, u64> {
    constants_at(&format!("shared/src/http/{file}"))
}

fn constants_at(path: &str) -> BTreeMap<String, u64> {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let declarations = source.lines().filter_map(|line| line.split_once("const ")?.1.strip_suffix(';'));
    let numbers = declarations.filter_map(|declaration| {
        let (name, rest) = declaration.split_once(':')?;
        let (_, value) = rest.split_once(" = ")?;
        Some((name.to_owned(), value.replace('_', "").parse().ok()?))
    });
    numbers.collect()
}

/// The schemas that have the fields of an event: what comes back, what makes one, what changes one.
fn schemas(description: &Description) -> [&Value; 3] {
    ["Event", "NewEvent", "EventChanges"].map(|name| &description.schema(name)["properties"])
}

#[test]
fn the_limits_of_an_event_are_those_of_the_functions() {
    let description = Description::read();
    let (field, price, slug) = (constants("field.rs"), constants("price.rs"), constants("slug.rs"));
    for properties in schemas(&description) {
        assert_eq!(properties["name"]["minLength"], 1);
        assert_eq!(properties["name"]["maxLength"], field["LONGEST_NAME"]);
        assert_eq!(properties["description"]["maxLength"], field["LONGEST_DESCRIPTION"]);
        assert_eq!(properties["duration_in_minutes"]["minimum"], 1);
        assert_eq!(properties["duration_in_minutes"]["maximum"], field["LONGEST_DURATION"]);
        assert_eq!(properties["price"]["minimum"], 0);
        assert_eq!(properties["price"]["maximum"], price["HIGHEST"]);
        assert_eq!(properties["currency"], json!({"const": "eur"}));
        assert_eq!(description.resolve(&properties["slug"])["maxLength"], slug["LONGEST"]);
    }
}

#[test]
fn the_limits_of_a_meeting_are_those_of_the_functions() {
    let description = Description::read();
    let field = constants_of("meetings", "field.rs");
    for name in ["Meeting", "NewMeeting", "MeetingChanges"] {
        let properties = &description.schema(name)["properties"];
        let has = |property: &str, limit: &str, constant: &str| {
            let schema = &properties[property];
            assert!(schema.is_null() || schema[limit] == field[constant], "{limit} of {property} of {name}");
        };
        has("guest_name", "maxLength", "LONGEST_NAME");
        has("guest_email", "maxLength", "LONGEST_EMAIL");
        has("guest_email", "minLength", "SHORTEST_EMAIL");
        has("guest_notes", "maxLength", "LONGEST_NOTES");
        has("meeting_url", "maxLength", "LONGEST_URL");
    }
    let new = &description.schema("NewMeeting")["properties"];
    assert_eq!(new["timezone"]["maxLength"], field["LONGEST_TIMEZONE"]);
}

#[test]
fn the_description_says_how_large_bodies_may_be() {
    let text = fs::read_to_string(Description::file()).expect("openapi.yaml can be read");
    for function in ["events", "meetings"] {
        let path = format!("{}/../functions/{function}/src/main.rs", env!("CARGO_MANIFEST_DIR"));
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let (_, limit) = source.split_once("body_limit: ").expect("a limit");
        let (kibibytes, _) = limit.split_once(" * 1024,").expect("in KiB");
        assert!(text.contains(&format!("{kibibytes} KiB below `/{function}`")), "{kibibytes} KiB of {function}");
    }
}

#[test]
fn every_list_has_the_limits_that_all_lists_share() {
    let description = Description::read();
    let (limit, cursor) = (shared_constants("limit.rs"), shared_constants("cursor.rs"));
    let operations = description.operations();
    let parameters = |operation: &Value| operation["parameters"].as_array().cloned().unwrap_or_default();
    let lists: Vec<_> = operations
        .iter()
        .map(|operation| (operation.path, parameters(operation.value)))
        .filter(|(_, parameters)| parameters.iter().any(|parameter| parameter["name"] == "cursor"))
        .collect();
    assert!(lists.len() >= 3, "{lists:?}");
    for (path, parameters) in lists {
        let schema = |name: &str| &parameters.iter().find(|one| one["name"] == name).expect("a parameter")["schema"];
        assert_eq!(schema("limit")["minimum"], 1, "{path}");
        assert_eq!(schema("limit")["maximum"], limit["HIGHEST"], "{path}");
        assert_eq!(schema("limit")["default"], limit["DEFAULT"], "{path}");
        assert_eq!(schema("cursor")["maxLength"], cursor["LONGEST"], "{path}");
    }
}

#[test]
fn the_limits_of_a_record_are_those_of_the_functions() {
    let description = Description::read();
    let draft = constants_of("records", "draft.rs");
    // In bytes, which a schema has no word for.
    let says = |schema: &str, field: &str, limit: u64| {
        let text = description.schema(schema)["properties"][field]["description"].as_str().unwrap_or_default();
        assert!(text.contains(&format!("{} bytes", with_commas(limit))), "{schema}: {field}: {text}");
    };
    for schema in ["NewRecord", "RecordChange"] {
        says(schema, "content", draft["LONGEST_CONTENT"]);
        says(schema, "metadata", draft["LONGEST_METADATA"]);
    }
    let body = 6 * (draft["LONGEST_CONTENT"] + draft["LONGEST_METADATA"]) + 16 * 1024;
    let text = fs::read_to_string(Description::file()).expect("openapi.yaml can be read");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(&format!("{} bytes where records are written", with_commas(body))), "{body}");
}

/// A number below a billion, its thousands apart.
fn with_commas(number: u64) -> String {
    let (millions, thousands, ones) = (number / 1_000_000, number / 1_000 % 1_000, number % 1_000);
    match (millions, thousands) {
        (0, 0) => ones.to_string(),
        (0, thousands) => format!("{thousands},{ones:03}"),
        (millions, thousands) => format!("{millions},{thousands:03},{ones:03}"),
    }
}

#[test]
fn the_limits_of_the_list_are_those_of_the_functions() {
    let description = Description::read();
    let operations = description.operations();
    let list = operations.iter().find(|operation| operation.value["operationId"] == "listEvents").expect("the list");
    let parameters = list.value["parameters"].as_array().expect("parameters");
    let schema = |name: &str| &parameters.iter().find(|one| one["name"] == name).expect("a parameter")["schema"];
    assert_eq!(schema("expert")["maxLength"], constants("filter.rs")["LONGEST_USER_ID"]);
}

#[test]
fn the_limits_and_names_of_the_audit_log_are_those_of_the_functions() {
    let description = Description::read();
    let operations = description.operations();
    let list = operations.iter().find(|operation| operation.value["operationId"] == "listAuditLogs").expect("the list");
    let parameters = list.value["parameters"].as_array().expect("parameters");
    let schema = |name: &str| &parameters.iter().find(|one| one["name"] == name).expect("a parameter")["schema"];
    let filter = constants_of("audit", "filter.rs");
    assert_eq!(schema("user_id")["maxLength"], filter["LONGEST_USER_ID"]);
    assert_eq!(schema("resource_id")["maxLength"], filter["LONGEST_RESOURCE_ID"]);
    let people = &description.schema("AuditReport")["properties"]["by_user"];
    assert_eq!(people["maxItems"], constants_of("audit", "tally.rs")["MOST_USERS"]);

    let names = |schema: &str| description.schema(schema)["enum"].clone();
    assert_eq!(names("AuditAction"), json!(Action::ALL.iter().map(|action| action.as_str()).collect::<Vec<_>>()));
    assert_eq!(names("AuditResourceType"), json!(ResourceType::ALL.map(ResourceType::as_str)));
    let categories = description.schema("AuditReport")["properties"]["by_category"]["required"].clone();
    assert_eq!(categories, json!(Category::ALL.map(Category::as_str)));
}

#[test]
fn the_limits_of_an_export_are_those_of_the_functions() {
    let description = Description::read();
    let field = constants_of("audit", "exports/field.rs");
    for schema in ["NewAuditExport", "AuditExport"] {
        let reason = &description.schema(schema)["properties"]["reason"];
        assert_eq!(reason["minLength"], field["SHORTEST_REASON"], "{schema}");
        assert_eq!(reason["maxLength"], field["LONGEST_REASON"], "{schema}");
    }
    let operations = description.operations();
    let create = operations.iter().find(|operation| operation.value["operationId"] == "createAuditExport");
    let text = create.expect("the operation").value["description"].as_str().expect("a text");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let most = constants_of("audit", "exports/create.rs")["MOST_UNFINISHED"];
    assert!(text.contains(&format!("at most {most} that somebody asked for")), "{text}");
    let first = constants_of("audit", "exports/new_export.rs")["FIRST_YEAR"];
    assert!(text.contains(&format!("in the year {first} at the earliest")), "{text}");
}

#[tokio::test]
async fn the_limits_of_an_event_are_those_of_the_database() {
    let description = Description::read();
    let app = TestApp::start().await;
    let definitions = "
        select conname, pg_get_constraintdef(oid)
        from pg_constraint
        where conrelid = 'events'::regclass
          and contype = 'c'";
    let rows = app.owner().await.query(definitions, &[]).await.expect("constraints");
    let checks: BTreeMap<String, String> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    // The highest price is the functions' alone: the database takes what an operator enters.
    for (column, limits) in [
        ("name", &["minLength", "maxLength"][..]),
        ("slug", &["minLength", "maxLength", "pattern"]),
        ("description", &["maxLength"]),
        ("duration_in_minutes", &["minimum", "maximum"]),
        ("price", &["minimum"]),
    ] {
        let check = &checks[&format!("events_{column}_check")];
        for properties in schemas(&description) {
            let schema = description.resolve(&properties[column]);
            for limit in limits {
                let text = match &schema[limit] {
                    Value::String(pattern) => format!("'{pattern}'"),
                    number => format!("= {number})"),
                };
                assert!(check.contains(&text), "{limit} of {column}, {text}: {check}");
            }
        }
    }
}
