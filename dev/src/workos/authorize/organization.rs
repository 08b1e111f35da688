//! Which organization a person of several signs in to.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};

use super::{code, page::RefusalPage, request::AuthorizeRequest};
use crate::workos::{
    environment::Shared,
    fields::Fields,
    parameters::Parameters,
    records::{Choice, Records},
};

/// Takes the organization chosen.
pub(super) async fn submit(State(environment): Shared, RawQuery(query): RawQuery, fields: Fields) -> Response {
    let query = query.unwrap_or_default();
    let request = match AuthorizeRequest::parse(&environment, &query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let parameters = Parameters::parse(query.as_bytes());
    let token = parameters.get("pending_authentication_token").unwrap_or_default();
    let organization_id = fields.text("organization_id").unwrap_or_default();
    let now = environment.now();
    let accepted = environment.write(|records: &mut Records| {
        records.forget_expired(now);
        let pending = records.pending_authentications.get(token)?.clone();
        records.active_membership(&pending.user_id, organization_id)?;
        records.pending_authentications.remove(token)
    });
    match accepted {
        Some(pending) => {
            let choice = Choice::Organization(organization_id.to_owned());
            code::issue(&environment, &request, &pending.user_id, choice, pending.hosted_session)
        }
        None => {
            let detail = "The choice is too late, was made before, or is not yours. Go back to the application and \
                          sign in again.";
            RefusalPage::bad_request("This organization cannot be chosen", detail).into_response()
        }
    }
}
