//! The hosted pages. They have no script and no other resource than themselves.

use askama::Template;
use axum::{
    http::{
        HeaderName, StatusCode,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};

use super::{ORGANIZATION_PATH, PATH, request::AuthorizeRequest};
use crate::workos::{
    directory::{Membership, MembershipStatus, User},
    records::Records,
};

/// Lets the forms go to the application: a `form-action` here would stop the redirect that follows them.
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Who signs in?
#[derive(Template)]
#[template(path = "workos/sign_in.html")]
pub(super) struct SignInPage {
    action: String,
    organization: Option<String>,
    sign_up_first: bool,
    people: Vec<Person>,
    /// What the field for a new person's address holds.
    email: String,
    error: Option<&'static str>,
}

struct Person {
    name: String,
    email: String,
    memberships: Vec<String>,
}

/// Which organization?
#[derive(Template)]
#[template(path = "workos/organization.html")]
pub(super) struct OrganizationPage {
    action: String,
    name: String,
    organizations: Vec<Offer>,
}

struct Offer {
    id: String,
    name: String,
    role: String,
}

/// There is nothing to choose.
#[derive(Template)]
#[template(path = "workos/refusal.html")]
pub(super) struct RefusalPage {
    title: &'static str,
    detail: &'static str,
}

impl SignInPage {
    /// The page for a request. Whom it expects comes first.
    pub(super) fn new(request: &AuthorizeRequest, records: &Records) -> Self {
        let mut people: Vec<Person> = records.users.iter().map(|record| Person::new(&record.object, records)).collect();
        let hinted = request.login_hint.as_deref().and_then(|email| records.user_by_email(email));
        if let Some(hinted) = hinted {
            people.sort_by_key(|person| person.email != hinted.object.email);
        }
        let organization = request.organization_id.as_deref().and_then(|id| records.organization(id));
        Self {
            action: format!("{PATH}?{}", request.query),
            organization: organization.map(|record| record.object.name.clone()),
            sign_up_first: request.expects_sign_up,
            people,
            email: request.login_hint.clone().filter(|_| hinted.is_none()).unwrap_or_default(),
            error: None,
        }
    }

    /// The page again, with what was wrong with the address that a new person gave.
    pub(super) fn with_error(self, email: &str, error: &'static str) -> Self {
        Self { email: email.to_owned(), error: Some(error), sign_up_first: true, ..self }
    }
}

impl Person {
    fn new(user: &User, records: &Records) -> Self {
        let memberships = records.memberships.iter().map(|record| &record.object);
        let own = memberships.filter(|membership| membership.user_id == user.id);
        Self {
            name: user.name(),
            email: user.email.clone(),
            memberships: own.map(|membership| describe(membership, records)).collect(),
        }
    }
}

fn describe(membership: &Membership, records: &Records) -> String {
    let organization = records.organization(&membership.organization_id);
    let name = organization.map_or(membership.organization_id.as_str(), |record| record.object.name.as_str());
    let status = match membership.status {
        MembershipStatus::Active => "",
        MembershipStatus::Inactive => " (suspended)",
        MembershipStatus::Pending => " (invited)",
    };
    format!("{} · {name}{status}", role(membership))
}

fn role(membership: &Membership) -> String {
    membership.role.replace('_', " ")
}

impl OrganizationPage {
    pub(super) fn new(request: &AuthorizeRequest, pending_token: &str, user: &User, records: &Records) -> Self {
        let offer = |membership: &Membership| {
            let organization = records.organization(&membership.organization_id)?;
            let (id, name) = (organization.object.id.clone(), organization.object.name.clone());
            Some(Offer { id, name, role: role(membership) })
        };
        let query = &request.query;
        Self {
            action: format!("{ORGANIZATION_PATH}?{query}&pending_authentication_token={pending_token}"),
            name: user.name(),
            organizations: records.active_memberships(&user.id).filter_map(offer).collect(),
        }
    }
}

impl RefusalPage {
    pub(super) fn bad_request(title: &'static str, detail: &'static str) -> Self {
        Self { title, detail }
    }
}

impl IntoResponse for SignInPage {
    fn into_response(self) -> Response {
        let status = if self.error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        rendered(status, &self)
    }
}

impl IntoResponse for OrganizationPage {
    fn into_response(self) -> Response {
        rendered(StatusCode::OK, &self)
    }
}

impl IntoResponse for RefusalPage {
    fn into_response(self) -> Response {
        rendered(StatusCode::BAD_REQUEST, &self)
    }
}

fn rendered(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(page) => (status, HEADERS, page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
