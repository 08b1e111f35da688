//! Every row that a session reaches, each told by whom it belongs to: what is foreign among it shows at once.

use std::collections::BTreeSet;

use tokio_postgres::{Client, SimpleQueryMessage};
use uuid::Uuid;

use super::refusal;

/// What is tried. Names are qualified, so that a search_path in disorder hides nothing.
const PROBES: [&str; 11] = [
    "select 'event of ' || org_id from public.events",
    "update public.events set name = 'Forged' returning 'event of ' || org_id",
    "delete from public.events returning 'event of ' || org_id",
    "select 'organization ' || id from public.organizations",
    "update public.organizations set name = 'Forged' returning 'organization ' || id",
    "select 'membership of ' || workos_user_id from public.user_org_memberships",
    "select 'row of ' || workos_user_id from app.me()",
    "select 'colleague ' || workos_user_id from app.members()",
    "select 'user ' || workos_user_id from public.users",
    "select 'session of ' || workos_user_id from public.revoked_sessions",
    "select 'key ' || kid from public.begin_keys union all select 'key of contexts' from public.context_key",
];

/// The rows that the transaction reaches which the client is in, read or written; nothing of it stays. A refused probe
/// adds nothing.
pub(super) async fn seen(client: &Client) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    client.batch_execute("savepoint probe").await.expect("a savepoint");
    for probe in PROBES {
        match client.simple_query(&format!("rollback to savepoint probe; {probe}")).await {
            Ok(messages) => seen.extend(messages.iter().filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })),
            refused => drop(refusal(refused)),
        }
    }
    client.batch_execute("rollback to savepoint probe; release savepoint probe").await.expect("a savepoint");
    seen
}

/// What a person may see: the events and members of the current organization, their own row, memberships and
/// organizations.
pub(super) async fn rightful(owner: &Client, user_id: &str, organization: Uuid) -> BTreeSet<String> {
    let statement = "
        select 'event of ' || org_id from events where org_id = $2
        union
        select unnest(array['organization ' || org_id, 'membership of ' || workos_user_id, 'row of ' || workos_user_id])
          from user_org_memberships
         where workos_user_id = $1 and status = 'active'
        union
        select 'colleague ' || workos_user_id from user_org_memberships where org_id = $2 and status = 'active'";
    let rows = owner.query(statement, &[&user_id, &organization]).await.expect("the owner sees everything");
    rows.iter().map(|row| row.get(0)).collect()
}
