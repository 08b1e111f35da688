//! `GET /meetings/{meeting_id}/records`: the caller's own records of a meeting, oldest first, with what they say.

use eleva::{
    App, Session,
    audit::EntryRow,
    database::{Error, OrganizationScope, Statement},
    http::{Problem, Reply, Request},
    permission::Permission,
    phi::{OrganizationKeys, keys_statement},
};
use http::StatusCode;
use serde::Serialize;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    asked::Asked,
    cursor::Cursor,
    filter::Page,
    form::RecordForm,
    meeting::{self, Meeting},
    meeting_page,
    opened::OpenedRecord,
    record::record_columns,
    sealed::{SealedRecord, sealed_columns, viewed},
    undecryptable::{self, Broken, InItsPlace},
};

/// A page ends before its envelopes are more than 786,432 bytes in all: a byte of content may become seven of Lambda's
/// answer, of which there are six megabytes at most. A record alone always fits. What does not leave is cut off before
/// anything is recorded: `page` is made first, and the last part answers and records what it takes from there.
pub(crate) const LIST: &str = concat!(
    "
    with page as materialized (
        select r.id, r.org_id, r.meeting_id, r.expert_id, r.version, r.created_at, r.last_modified_at,
               r.encrypted_content, r.encrypted_metadata,
               row_number() over in_order as number,
               count(*) over () as fetched,
               sum(octet_length(r.encrypted_content) + coalesce(octet_length(r.encrypted_metadata), 0))
                 over in_order as size
        from (
            select id, org_id, meeting_id, expert_id, version, created_at, last_modified_at,
                   encrypted_content, encrypted_metadata
            from records
            where meeting_id = $11
              and ($12::timestamptz is null or (created_at, id) > ($12, $13))
            order by created_at, id
            limit $14
        ) r
        window in_order as (order by r.created_at, r.id)
    )
    select r.number < r.fetched as goes_on, ",
    record_columns!(),
    ", ",
    sealed_columns!(),
    "
    from page r
    left join meetings m on m.id = r.meeting_id
    where r.number < $14
      and (r.number = 1 or r.size <= 786432)
    order by r.number"
);

/// A page of records, opened.
pub(crate) struct OpenedPage {
    pub(crate) items: Vec<Item>,
    pub(crate) next_cursor: Option<String>,
}

/// A record, or what stands in its place.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Item {
    Opened(Box<OpenedRecord>),
    Broken(InItsPlace),
}

#[derive(Serialize)]
struct RecordList {
    items: Vec<Item>,
    next_cursor: Option<String>,
}

/// The parameters of [`LIST`].
pub(crate) fn parameters<'a>(
    viewed: &'a EntryRow<'_>,
    meeting_id: &'a Uuid,
    page: &'a Page,
) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    let mut parameters = viewed.parameters();
    parameters.extend::<[(&(dyn ToSql + Sync), Type); 4]>([
        (meeting_id, Type::UUID),
        (&page.after_time, Type::TIMESTAMPTZ),
        (&page.after_id, Type::UUID),
        (page.limit.fetched(), Type::INT8),
    ]);
    parameters
}

/// Answers with the list. The page also has the form for a new record.
pub(crate) async fn show(app: &App, request: &Request, meeting_id: Uuid) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::RecordsRead)?;
    let page = Page::read(request.query())?;
    if request.wants_page() {
        let asked = Asked { app, session: &session, scope: &scope, request };
        return meeting_page::reply(asked, meeting_id, &page, StatusCode::OK, RecordForm::empty()).await;
    }
    let (viewed, meeting) = (viewed(request), meeting::parameter(&meeting_id));
    let viewed = viewed.row();
    let list = parameters(&viewed, &meeting_id, &page);
    let statements = [Statement::new(LIST, &list), keys_statement(), meeting::statement(&meeting)];
    let (membership, [records, keys, meeting]) = scope.read_recorded(statements).await?;
    let keys = OrganizationKeys::from_rows(app.master_keys()?, membership.organization_id, &keys)?;
    // Whether there is such a meeting comes first: of one that is not seen there are no records either.
    Meeting::from_rows(meeting_id, &meeting)?;
    let OpenedPage { items, next_cursor } = open(&scope, request, &keys, &records).await?;
    Reply::json(StatusCode::OK, &RecordList { items, next_cursor })
}

/// Opens the answer to [`LIST`]. What does not open is recorded before anything is given.
pub(crate) async fn open(
    scope: &OrganizationScope<'_>,
    request: &Request,
    keys: &OrganizationKeys,
    rows: &[Row],
) -> Result<OpenedPage, Problem> {
    let sealed: Vec<SealedRecord> = rows.iter().map(SealedRecord::from_row).collect::<Result<_, _>>()?;
    let last = sealed.last().map(|last| Cursor { created_at: last.record.created_at, id: last.record.id });
    let goes_on = rows.last().map(|row| row.try_get("goes_on")).transpose().map_err(Error::from)?.unwrap_or(false);
    let opened: Vec<Result<OpenedRecord, Broken>> = sealed.into_iter().map(|sealed| sealed.open(keys)).collect();
    let broken = || opened.iter().filter_map(|record| record.as_ref().err());
    broken().for_each(|broken| broken.log(request));
    undecryptable::record(scope, request, broken()).await?;
    Ok(OpenedPage {
        next_cursor: last.filter(|_| goes_on).map(|cursor| cursor.encode()).transpose()?,
        items: opened.into_iter().map(Item::from).collect(),
    })
}

impl From<Result<OpenedRecord, Broken>> for Item {
    fn from(record: Result<OpenedRecord, Broken>) -> Self {
        match record {
            Ok(opened) => Self::Opened(Box::new(opened)),
            Err(broken) => Self::Broken(broken.in_its_place()),
        }
    }
}
