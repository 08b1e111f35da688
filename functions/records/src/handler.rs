//! The routes below `/records`, and a meeting's records.

use eleva::{
    App,
    http::{Problem, Reply, Request, parse_id},
};
use http::Method;
use uuid::Uuid;

use crate::{create, list, meeting_records, show, update, version, versions};

/// Answers a request. No method deletes a record.
pub(crate) async fn handle(app: &App, request: &Request) -> Result<Reply, Problem> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match request.segments().as_slice() {
        ["records"] if reads => list::show(app, request).await,
        ["records"] => Err(Problem::method_not_allowed("GET, HEAD")),
        ["records", id] => {
            let id = id_of(id)?;
            match *request.method() {
                Method::PUT => update::update(app, request, id).await,
                _ if reads => show::show(app, request, id).await,
                _ => Err(Problem::method_not_allowed("GET, HEAD, PUT")),
            }
        }
        ["records", id, "versions"] => {
            let id = id_of(id)?;
            match reads {
                true => versions::show(app, request, id).await,
                false => Err(Problem::method_not_allowed("GET, HEAD")),
            }
        }
        ["records", id, "versions", number] => {
            let (id, number) = (id_of(id)?, version::parse_number(number).ok_or_else(Problem::not_found)?);
            match reads {
                true => version::show(app, request, id, number).await,
                false => Err(Problem::method_not_allowed("GET, HEAD")),
            }
        }
        ["meetings", meeting_id, "records"] => {
            let meeting_id = id_of(meeting_id)?;
            match *request.method() {
                Method::POST => create::create(app, request, meeting_id).await,
                _ if reads => meeting_records::show(app, request, meeting_id).await,
                _ => Err(Problem::method_not_allowed("GET, HEAD, POST")),
            }
        }
        _ => Err(Problem::not_found()),
    }
}

fn id_of(segment: &str) -> Result<Uuid, Problem> {
    parse_id(segment).ok_or_else(Problem::not_found)
}
