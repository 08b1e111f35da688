//! The page of the list: filter, meetings by time, and the form for a new one. Four statements, one flight.

use askama::Template;
use eleva::{
    App, Session,
    database::{Error, OrganizationScope, Statement},
    http::{Problem, Reply},
    identity,
    members::{self, Member},
    page::{Layout, Section, Viewer, price},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    filter::{Filter, Side},
    form::MeetingForm,
    list::{self, of_guest, of_organization, within_range},
    meeting::meeting_columns,
    shown::{Shown, shown_meetings},
    status::Status,
    wording,
};

const OF_ORGANIZATION: &str =
    concat!("select ", meeting_columns!(), shown_meetings!(), of_organization!(), within_range!());

const OF_GUEST: &str = concat!("select ", meeting_columns!(), shown_meetings!(), of_guest!(), within_range!());

/// How many events the form offers.
const MOST_BOOKABLE: i64 = 500;

/// The events for which the caller may make meetings: their own, or all for whoever administers the organization. One
/// more than the form offers tells that there are more; the one that was chosen already is there wherever it stands.
const BOOKABLE: &str = r#"
    with bookable as (
        select id, workos_user_id, name, duration_in_minutes, price, currency,
               row_number() over (
                   order by workos_user_id <> (select app.user_id()), workos_user_id, "order", created_at, id
               ) as position
        from events
        where is_active
          and ((select app.role()) in ('owner', 'admin') or workos_user_id = (select app.user_id()))
    )
    select id, workos_user_id, name, duration_in_minutes, price, currency, position
    from bookable
    where position <= $1 + 1
       or id = $2
    order by position"#;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    filter: &'a Filter,
    items: Vec<Item<'a>>,
    next: Option<String>,
    /// The list of what has been of late.
    past: String,
    bookable: &'a [Bookable],
    /// Whether there are more events than these.
    has_more_bookable: bool,
    /// The form for a new meeting, for whoever may make one.
    form: Option<&'a MeetingForm>,
}

/// One meeting, as the list shows it.
struct Item<'a> {
    shown: &'a Shown,
    /// The expert, where the organization's own are listed.
    expert: Option<&'a str>,
}

/// An event that can be chosen in the form.
struct Bookable {
    id: Uuid,
    /// Where it stands among all, from one.
    position: i64,
    label: String,
}

/// Reads the list and renders it, with `form` at its end.
pub(crate) async fn reply(
    app: &App,
    session: &Session,
    scope: &OrganizationScope<'_>,
    filter: Filter,
    form: MeetingForm,
    status: StatusCode,
) -> Result<Reply, Problem> {
    let now = app.clock().now().map_err(Problem::internal)?;
    let filter = filter.for_page(now);
    let parameters = filter.parameters();
    let chosen = Uuid::parse_str(&form.event_id).ok();
    let of_bookable: [(&(dyn ToSql + Sync), Type); 2] = [(&MOST_BOOKABLE, Type::INT8), (&chosen, Type::UUID)];
    let statements = [
        list::statement(&filter, OF_ORGANIZATION, OF_GUEST, &parameters),
        identity::viewer_statement(),
        members::statement(),
        Statement::new(BOOKABLE, &of_bookable),
    ];
    let (membership, [meetings, viewer, experts, bookable]) = scope.read_all(statements).await?;
    let mut meetings = Shown::from_rows(&meetings)?;
    let next = filter.next_cursor(&mut meetings, |shown| &shown.meeting)?.map(|cursor| filter.path_after(&cursor));
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let experts = members::from_rows(&experts)?;
    let bookable = bookable.iter().map(|row| Bookable::from_row(row, &experts, &viewer)).collect::<Result<Vec<_>, _>>();
    let mut bookable = bookable.map_err(Error::from)?;
    let has_more_bookable = bookable.iter().any(|event| event.position > MOST_BOOKABLE);
    bookable.retain(|event| event.position <= MOST_BOOKABLE || Some(event.id) == chosen);
    let page = ListPage {
        layout: Layout::new("Meetings", Section::Meetings, &viewer),
        viewer: &viewer,
        filter: &filter,
        items: meetings
            .iter()
            .map(|shown| Item {
                expert: (shown.meeting.org_id == membership.organization_id)
                    .then(|| members::expert(&experts, &shown.meeting.workos_user_id)),
                shown,
            })
            .collect(),
        next,
        past: Filter::path_of_past(now),
        form: viewer.may(Permission::MeetingsWrite).then_some(&form),
        has_more_bookable,
        bookable: &bookable,
    };
    Reply::page(status, &page)
}

impl Bookable {
    fn from_row(row: &Row, experts: &[Member], viewer: &Viewer) -> Result<Self, tokio_postgres::Error> {
        let (name, minutes): (&str, i32) = (row.try_get("name")?, row.try_get("duration_in_minutes")?);
        let (expert, cents): (&str, i32) = (row.try_get("workos_user_id")?, row.try_get("price")?);
        let of = match expert == viewer.user_id {
            true => String::new(),
            false => format!(" of {}", members::expert(experts, expert)),
        };
        let price = price(cents, row.try_get("currency")?);
        let label = format!("{name}{of} ({minutes} min, {price})");
        Ok(Self { id: row.try_get("id")?, position: row.try_get("position")?, label })
    }
}
