//! `GET /meetings/{id}`.

use eleva::{
    App, Session,
    database::Statement,
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::{
    meeting::{Meeting, meeting_columns},
    meeting_page,
    notes::Reading,
};

/// One meeting, if it is visible.
const ONE: &str = concat!(
    "select ",
    meeting_columns!(),
    "
    from meetings m
    where m.id = $1"
);

/// Answers with one meeting; to its expert and its guest with its notes, which is recorded in the flight that reads.
pub(crate) async fn show(app: &App, request: &Request, id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::MeetingsRead)?;
    if request.wants_page() {
        return meeting_page::reply(app, &session, &scope, request, id, None).await;
    }
    let reading = Reading::new(request, id);
    let (one, of_notes): ([(&(dyn ToSql + Sync), Type); 1], _) = ([(&id, Type::UUID)], reading.parameters());
    let statements = [Statement::new(ONE, &one), Reading::statement(&of_notes)];
    let (_, [meeting, notes]) = scope.read_recorded(statements).await?;
    let meeting = Meeting::from_row(meeting.first().ok_or_else(|| Problem::not_visible(id))?)?;
    let notes = reading.finish(app, &scope, &meeting, &notes).await?;
    Reply::json(StatusCode::OK, &notes.beside(&meeting))
}
