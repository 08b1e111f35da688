//! The page of the list: filter, meetings by time, and the form for a new one. Four statements, one flight.

use askama::Template;
use eleva::{
    Session,
    database::{Error, OrganizationScope, Statement},
    http::{Problem, Reply},
    identity,
    members::{self, Member},
    page::{Layout, Section, Viewer, price},
    permission::Permission,
};
use http::StatusCode;
use tokio_postgres::Row;
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

/// The events for which the caller may make meetings: their own, or all for whoever administers the organization.
const BOOKABLE: &str = r#"
    select id, workos_user_id, name, duration_in_minutes, price
    from events
    where is_active
      and ((select app.role()) in ('owner', 'admin') or workos_user_id = (select app.user_id()))
    order by workos_user_id <> (select app.user_id()), workos_user_id, "order", created_at, id
    limit 500"#;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage<'a> {
    layout: Layout<'a>,
    viewer: &'a Viewer,
    filter: &'a Filter,
    items: Vec<Item<'a>>,
    next: Option<String>,
    bookable: &'a [Bookable],
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
    label: String,
}

/// Reads the list and renders it, with `form` at its end.
pub(crate) async fn reply(
    session: &Session,
    scope: &OrganizationScope<'_>,
    filter: &Filter,
    form: MeetingForm,
    status: StatusCode,
) -> Result<Reply, Problem> {
    let parameters = filter.parameters();
    let statements = [
        list::statement(filter, OF_ORGANIZATION, OF_GUEST, &parameters),
        identity::viewer_statement(),
        members::statement(),
        Statement::new(BOOKABLE, &[]),
    ];
    let (membership, [meetings, viewer, experts, bookable]) = scope.read_all(statements).await?;
    let mut meetings = Shown::from_rows(&meetings)?;
    let next = filter.next_cursor(&mut meetings, |shown| &shown.meeting)?.map(|cursor| filter.path_after(&cursor));
    let viewer = identity::viewer(session, &membership, &viewer)?;
    let experts = members::from_rows(&experts)?;
    let bookable = bookable.iter().map(|row| Bookable::from_row(row, &experts, &viewer)).collect::<Result<Vec<_>, _>>();
    let bookable = bookable.map_err(Error::from)?;
    let page = ListPage {
        layout: Layout::new("Meetings", Section::Meetings, &viewer),
        viewer: &viewer,
        filter,
        items: meetings
            .iter()
            .map(|shown| Item {
                expert: (shown.meeting.org_id == membership.organization_id)
                    .then(|| members::expert(&experts, &shown.meeting.workos_user_id)),
                shown,
            })
            .collect(),
        next,
        form: viewer.may(Permission::MeetingsWrite).then_some(&form),
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
        Ok(Self { id: row.try_get("id")?, label: format!("{name}{of} ({minutes} min, {})", price(cents)) })
    }
}
