//! Guest notes: PHI. They are sealed to their meeting and read through `app.guest_notes`, which records the reading.

use std::net::IpAddr;

use eleva::{
    App,
    audit::Origin,
    database::{Error, OrganizationScope, Statement, Transaction},
    http::{Problem, Request},
    phi::{OrganizationKeys, Place, Undecryptable, WrappedKey, key_for_writing, keys_statement},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::meeting::Meeting;

/// One row for the meeting's expert and for its guest, none for anybody else. Whose role opens no meetings gets none
/// either, and leaves no row of the trail that says they did.
const READ: &str = "
    select encrypted_guest_notes, key_no, wrapped_key, wrapped_by
    from app.guest_notes($1, $2, $3, $4)
    where (select app.role()) in ('owner', 'admin', 'member')";

const REPORT: &str = "select app.report_guest_notes($1, $5, $2, $3, $4)";

const EXPERT: &str = "
    select workos_user_id
    from events
    where id = $1";

/// What a caller gets of a meeting's notes. No `Debug`.
pub(crate) enum Notes {
    /// They are not this caller's to read.
    Withheld,
    /// What they say; none when there are none.
    Read(Option<Zeroizing<String>>),
    /// They are there and do not open.
    Unreadable,
}

/// A meeting's document, with the notes of whoever may read them.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    #[serde(flatten)]
    meeting: &'a Meeting,
    #[serde(skip_serializing_if = "Option::is_none")]
    guest_notes: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guest_notes_error: Option<NotesError>,
}

#[derive(Serialize)]
struct NotesError {
    code: &'static str,
}

impl Notes {
    /// The document of a meeting with these notes.
    pub(crate) fn beside<'a>(&'a self, meeting: &'a Meeting) -> Document<'a> {
        let (guest_notes, code) = match self {
            Self::Withheld => (None, None),
            Self::Read(notes) => (Some(notes.as_ref().map(|notes| notes.as_str())), None),
            Self::Unreadable => (Some(None), Some("undecryptable")),
        };
        Document { meeting, guest_notes, guest_notes_error: code.map(|code| NotesError { code }) }
    }
}

/// A reading of one meeting's notes.
pub(crate) struct Reading {
    meeting_id: Uuid,
    origin: Origin,
}

type Parameters<'a> = [(&'a (dyn ToSql + Sync), Type); 4];

impl Reading {
    /// The reading that a request asks for.
    pub(crate) fn new(request: &Request, meeting_id: Uuid) -> Self {
        Self { meeting_id, origin: request.into() }
    }

    /// The statement's parameters.
    pub(crate) fn parameters(&self) -> Parameters<'_> {
        let Origin { ip_address, user_agent, request_id } = &self.origin;
        [
            (&self.meeting_id, Type::UUID),
            (ip_address as &Option<IpAddr>, Type::INET),
            (user_agent, Type::TEXT),
            (request_id, Type::TEXT),
        ]
    }

    /// The statement, which goes with the one that reads the meeting; its parameters are [`Reading::parameters`].
    pub(crate) fn statement<'a>(parameters: &'a Parameters<'a>) -> Statement<'a> {
        Statement::new(READ, parameters)
    }

    /// Opens what the statement answered. What does not open is reported before anybody is told.
    pub(crate) async fn finish(
        &self,
        app: &App,
        scope: &OrganizationScope<'_>,
        meeting: &Meeting,
        rows: &[Row],
    ) -> Result<Notes, Problem> {
        let Some(row) = rows.first() else { return Ok(Notes::Withheld) };
        let sealed: Option<Vec<u8>> = row.try_get("encrypted_guest_notes").map_err(Error::from)?;
        let Some(sealed) = sealed else { return Ok(Notes::Read(None)) };
        match opened(app, meeting, row, &sealed)? {
            Ok(notes) => Ok(Notes::Read(Some(notes))),
            Err(reason) => {
                let reason = reason.as_str();
                let mut parameters = self.parameters().to_vec();
                parameters.push((&reason, Type::TEXT));
                scope.read_recorded([Statement::new(REPORT, &parameters)]).await?;
                Ok(Notes::Unreadable)
            }
        }
    }
}

fn opened(
    app: &App,
    meeting: &Meeting,
    row: &Row,
    sealed: &[u8],
) -> Result<Result<Zeroizing<String>, Undecryptable>, Problem> {
    let key = wrapped_key(row).map_err(Error::from)?;
    let keys = OrganizationKeys::new(app.master_keys()?, meeting.org_id, key).map_err(Problem::unavailable)?;
    let place = Place::guest_notes(meeting.org_id, meeting.id, &meeting.workos_user_id);
    Ok(keys.open_text(&place, sealed))
}

/// The key that the notes name, if the organization has it.
fn wrapped_key(row: &Row) -> Result<Option<WrappedKey>, tokio_postgres::Error> {
    let Some(key_no) = row.try_get("key_no")? else { return Ok(None) };
    Ok(Some(WrappedKey {
        key_no,
        wrapped_key: row.try_get("wrapped_key")?,
        wrapped_by: row.try_get("wrapped_by")?,
        is_retired: false,
    }))
}

/// Seals the notes of a meeting that is to be made, under the organization's key in force. None where the event is not
/// visible, so that there will be no meeting.
pub(crate) async fn seal(
    app: &App,
    transaction: &mut Transaction<'_>,
    meeting_id: Uuid,
    event_id: Uuid,
    notes: &str,
) -> Result<Option<Vec<u8>>, Problem> {
    let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&event_id, Type::UUID)];
    let [expert, keys] = transaction.query_all([Statement::new(EXPERT, &parameters), keys_statement()]).await?;
    let Some(expert) = expert.first() else { return Ok(None) };
    let expert: &str = expert.try_get("workos_user_id").map_err(Error::from)?;
    let org_id = transaction.membership().ok_or(Error::Shape("a membership"))?.organization_id;
    let key = key_for_writing(app, transaction, org_id, &keys).await?;
    let place = Place::guest_notes(org_id, meeting_id, expert);
    key.seal(app.entropy(), &place, notes.as_bytes()).map(Some).map_err(Problem::internal)
}

/// What the trail keeps of sealed notes: which ones they were, and nothing of what they say.
pub(crate) fn fingerprint(sealed: &[u8]) -> String {
    Sha256::digest(sealed).iter().map(|byte| format!("{byte:02x}")).collect()
}
