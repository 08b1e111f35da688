//! `GET /meetings`: the organization's meetings, or those in which the caller is the guest, by time.

use eleva::{
    App, Session,
    database::Statement,
    http::{Problem, Reply, Request},
    permission::Permission,
};
use http::StatusCode;
use serde::Serialize;
use tokio_postgres::types::{ToSql, Type};

use crate::{
    filter::{Filter, Side},
    form::MeetingForm,
    list_page,
    meeting::{Meeting, meeting_columns},
};

/// Keyset, never OFFSET. What both lists have in common. What is ahead or under way is found by its start, too, which the
/// index has: no meeting takes longer than twelve hours.
macro_rules! within_range {
    () => {
        "
      and ($1::timestamptz is null or m.start_time >= $1)
      and ($2::timestamptz is null or m.start_time < $2)
      and ($3::text is null or m.status = $3)
      and ($4::timestamptz is null or (m.start_time, m.id) > ($4, $5))
      and ($7::timestamptz is null or (m.end_time > $7 and m.start_time > $7 - interval '12 hours'))
    order by m.start_time, m.id
    limit $6"
    };
}

/// The organization's, in the order of `meetings_list_idx`. Row-level security lets guests see others, too.
macro_rules! of_organization {
    () => {
        "
    where m.org_id = (select app.org_id())
      and (not $8::boolean or m.workos_user_id = (select app.user_id()))"
    };
}

/// A guest's, in the order of `meetings_guest_idx`.
macro_rules! of_guest {
    () => {
        "
    where m.guest_workos_user_id = (select app.user_id())"
    };
}
pub(crate) use {of_guest, of_organization, within_range};

const OF_ORGANIZATION: &str =
    concat!("select ", meeting_columns!(), "\n    from meetings m", of_organization!(), within_range!());

const OF_GUEST: &str = concat!("select ", meeting_columns!(), "\n    from meetings m", of_guest!(), within_range!());

#[derive(Serialize)]
struct MeetingList {
    items: Vec<Meeting>,
    next_cursor: Option<String>,
}

/// Answers with the list. The page also has the form for a new meeting.
pub(crate) async fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::MeetingsRead)?;
    let filter = Filter::read(request.query())?;
    if request.wants_page() {
        return list_page::reply(app, &session, &scope, filter, MeetingForm::default(), StatusCode::OK).await;
    }
    let (_, rows) = scope.read(statement(&filter, OF_ORGANIZATION, OF_GUEST, &filter.parameters())).await?;
    let items: Result<Vec<Meeting>, _> = rows.iter().map(Meeting::from_row).collect();
    let mut items = items?;
    let next_cursor = filter.next_cursor(&mut items, |meeting| meeting)?;
    Reply::json(StatusCode::OK, &MeetingList { items, next_cursor })
}

/// The statement that lists what the filter asks for, of the two; only the organization's has the last parameter.
pub(crate) fn statement<'a>(
    filter: &Filter,
    of_organization: &'static str,
    of_guest: &'static str,
    parameters: &'a [(&'a (dyn ToSql + Sync), Type); 8],
) -> Statement<'a> {
    match filter.side {
        Side::Organization | Side::Expert => Statement::new(of_organization, parameters),
        Side::Guest => Statement::new(of_guest, &parameters[..7]),
    }
}
