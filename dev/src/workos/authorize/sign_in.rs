//! Who signs in: the page, what it posts, and a person who signs up.

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::{code, hosted_session, page::SignInPage, request::AuthorizeRequest};
use crate::workos::{
    directory::User,
    environment::{Environment, Shared},
    fields::Fields,
    identifier::new_id,
    records::Record,
};

/// The longest address and the longest name, in characters.
const LONGEST_EMAIL: usize = 255;
const LONGEST_NAME: usize = 100;

/// Shows the page, unless the browser is known already.
pub(super) async fn page(State(environment): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let request = match AuthorizeRequest::parse(&environment, &query.unwrap_or_default()) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    match hosted_session::find(&environment, &request, &headers) {
        Some((hosted_session, user_id)) => code::go_on(&environment, &request, &user_id, Some(hosted_session)),
        None => environment.read(|records| SignInPage::new(&request, records)).into_response(),
    }
}

/// Takes the person chosen, or a new one.
pub(super) async fn submit(State(environment): Shared, RawQuery(query): RawQuery, fields: Fields) -> Response {
    let request = match AuthorizeRequest::parse(&environment, &query.unwrap_or_default()) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let email = fields.text("email").unwrap_or_default().trim();
    if !is_email(email) {
        let page = environment.read(|records| SignInPage::new(&request, records));
        return page.with_error(email, "Enter an e-mail address, such as ana@example.com.").into_response();
    }
    let user_id = find_or_sign_up(&environment, email, &fields);
    code::go_on(&environment, &request, &user_id, None)
}

fn find_or_sign_up(environment: &Environment, email: &str, fields: &Fields) -> String {
    let name = |field: &str| {
        let name: String = fields.text(field).unwrap_or_default().trim().chars().take(LONGEST_NAME).collect();
        Some(name).filter(|name| !name.is_empty())
    };
    let now = environment.now();
    environment.write(|records| match records.user_by_email(email) {
        Some(record) => record.object.id.clone(),
        None => {
            let (first_name, last_name) = (name("first_name"), name("last_name"));
            let user = User { id: new_id("user"), email: email.to_lowercase(), first_name, last_name };
            let id = user.id.clone();
            records.users.push(Record::new(user, now));
            id
        }
    })
}

/// Whether it looks like an address. What is beyond that, only a letter to it could show.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
    parts.is_some_and(|(_, domain)| !domain.contains('@'))
        && text.chars().count() <= LONGEST_EMAIL
        && !text.chars().any(|character| character.is_whitespace() || character.is_control())
}
