//! `GET /records`: the caller's own records, newest first. Without what they say, so that nobody needs to know of it.

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
    filter::Filter,
    list_page,
    record::{Record, record_columns},
};

/// Keyset, never OFFSET: `records_list_idx` has this order, and row-level security gives organization and author, which
/// it begins with.
pub(crate) const LIST: &str = concat!(
    "select ",
    record_columns!(),
    "
    from records r
    left join meetings m on m.id = r.meeting_id
    where ($1::uuid is null or r.meeting_id = $1)
      and ($2::timestamptz is null or (r.created_at, r.id) < ($2, $3))
    order by r.created_at desc, r.id desc
    limit $4"
);

#[derive(Serialize)]
struct RecordList {
    items: Vec<Record>,
    next_cursor: Option<String>,
}

/// The parameters of [`LIST`].
pub(crate) fn parameters(filter: &Filter) -> [(&(dyn ToSql + Sync), Type); 4] {
    let Filter { meeting_id, page } = filter;
    [
        (meeting_id, Type::UUID),
        (&page.after_time, Type::TIMESTAMPTZ),
        (&page.after_id, Type::UUID),
        (page.limit.fetched(), Type::INT8),
    ]
}

/// Answers with the list.
pub(crate) async fn show(app: &App, request: &Request) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::RecordsRead)?;
    let filter = Filter::read(request.query())?;
    if request.wants_page() {
        return list_page::reply(&session, &scope, &filter).await;
    }
    let (_, rows) = scope.read(Statement::new(LIST, &parameters(&filter))).await?;
    let mut items = Record::from_rows(&rows)?;
    let next_cursor = filter.next_cursor(&mut items)?;
    Reply::json(StatusCode::OK, &RecordList { items, next_cursor })
}
