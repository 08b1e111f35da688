//! The page of the list: range and filters, the entries, and the way to older ones. Three statements, one flight.

use askama::Template;
use eleva::{
    Session,
    audit::{Action, Category, ResourceType},
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Problem, Reply, Request, instant},
    identity,
    members::{self, Member},
    page::{Layout, Section, Viewer},
};
use http::StatusCode;
use serde_json::Value;

use crate::{
    entry::LoggedEntry,
    filter::Filter,
    logs::{LIST, viewed},
    wording,
};

#[derive(Template)]
#[template(path = "logs.html")]
struct LogsPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    filter: &'a Filter,
    members: &'a [Member],
    entries: Vec<Item<'a>>,
    older: Option<String>,
}

/// One entry, as the table shows it.
struct Item<'a> {
    entry: &'a LoggedEntry,
    who: String,
    details: Vec<(&'static str, String)>,
}

/// What one flight brings for the page.
struct Content {
    entries: Vec<LoggedEntry>,
    next_cursor: Option<String>,
    viewer: Viewer,
    members: Vec<Member>,
}

/// Reads the list, records that it was seen, and renders it.
pub(crate) async fn reply(
    session: &Session,
    scope: &OrganizationScope<'_>,
    request: &Request,
    filter: &Filter,
) -> Result<Reply, Problem> {
    let content = scope
        .transaction(async |transaction: &mut Transaction<'_>| {
            let content = read(session, filter, transaction).await?;
            transaction.audit(viewed(request, filter, content.entries.len()));
            Ok::<_, Problem>(content)
        })
        .await?;
    let Content { entries, next_cursor, viewer, members } = &content;
    let page = LogsPage {
        layout: Layout::new("Audit log", Section::Audit, viewer),
        viewer,
        filter,
        members,
        entries: entries.iter().map(|entry| Item::new(entry, members)).collect(),
        older: next_cursor.as_ref().map(|cursor| filter.path_after(cursor)),
    };
    Reply::page(StatusCode::OK, &page)
}

async fn read(session: &Session, filter: &Filter, transaction: &mut Transaction<'_>) -> Result<Content, Problem> {
    let parameters = filter.parameters();
    let [entries, viewer, members] = transaction
        .query_all([Statement::new(LIST, &parameters), identity::viewer_statement(), members::statement()])
        .await?;
    let membership = transaction.membership().ok_or(Error::Shape("a membership"))?;
    let mut entries = LoggedEntry::from_rows(&entries)?;
    Ok(Content {
        next_cursor: filter.next_cursor(&mut entries)?,
        entries,
        viewer: identity::viewer(session, membership, &viewer)?,
        members: members::from_rows(&members)?,
    })
}

impl<'a> Item<'a> {
    fn new(entry: &'a LoggedEntry, members: &[Member]) -> Self {
        Self { entry, who: who(entry, members), details: details(entry) }
    }
}

/// Who did it.
fn who(entry: &LoggedEntry, members: &[Member]) -> String {
    let person = entry.workos_user_id.as_deref().map(|id| members::name(members, id).unwrap_or(id));
    match (entry.actor_type.as_str(), person) {
        ("user", Some(person)) => person.to_owned(),
        ("operator", Some(person)) => format!("Operator, for {person}"),
        ("operator", None) => "Operator".to_owned(),
        (_, Some(person)) => format!("System, for {person}"),
        (_, None) => "System".to_owned(),
    }
}

/// What else the entry tells, as names and texts.
fn details(entry: &LoggedEntry) -> Vec<(&'static str, String)> {
    let document = |value: &Option<Value>| value.as_ref().map(|value| format!("{value:#}"));
    let all = [
        ("Acting in their name", entry.impersonator.clone()),
        ("Before", document(&entry.old_values)),
        ("After", document(&entry.new_values)),
        ("More", document(&entry.metadata)),
        ("User id", entry.workos_user_id.clone()),
        ("Address", entry.ip_address.clone()),
        ("Browser", entry.user_agent.clone()),
        ("Request", entry.request_id.clone()),
        ("Number", Some(entry.seq.to_string())),
    ];
    all.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}
