//! How long the newest rows take, over many partitions and in connections that have just been made: most of it is
//! planning.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio_postgres::{
    Client,
    types::{ToSql, Type},
};

use super::{Database, trail::Trail};
use crate::{
    bench::{
        costs::{Sample, milliseconds},
        explained::Explained,
        people::Person,
    },
    failure::Failure,
    postgres,
    progress::Step,
};

const ORGANIZATIONS: u32 = 1000;
const ROWS: u32 = 320_000;

/// With the quarter that it is and the five after it, 32 partitions.
const DAYS_BEFORE: i64 = 26 * 365 / 4;

const SELECT: &str = "
    select seq, id, created_at, workos_user_id, actor_type, impersonator, action, resource_type, resource_id, outcome,
           old_values, new_values, ip_address, user_agent, request_id, metadata
      from audit_logs
     where {condition}
     order by created_at desc, seq desc
     limit 50";

/// Ways to ask, each with how many days of rows.
const WAYS: [(&str, i64, &str); 5] = [
    ("30 days", 30, "created_at >= $1 and created_at < $2"),
    ("30 days, organization repeated", 30, "org_id = (select app.org_id()) and created_at >= $1 and created_at < $2"),
    ("30 days, as literals", 30, "created_at >= {from} and created_at < {to}"),
    ("a year", 365, "created_at >= $1 and created_at < $2"),
    ("all years", 3650, "created_at >= $1 and created_at < $2"),
];

/// One way to ask.
#[derive(Debug, Serialize)]
pub(super) struct Newest {
    pub(super) title: &'static str,
    pub(super) partitions: i64,
    /// From sending to the last row, the client's, milliseconds: the median.
    pub(super) client_p50_ms: f64,
    #[serde(flatten)]
    pub(super) explained: Explained,
    pub(super) sql: String,
}

pub(super) async fn measure(
    database: &Database,
    trail: &Trail,
    begin_keys: &str,
    connections: u32,
    step: &Step,
) -> Result<Vec<Newest>, Failure> {
    step.note("filling the trail");
    let people = Person::make(&database.owner, ORGANIZATIONS, 1).await?;
    let now = Timestamp::now();
    trail.fill(database, ROWS, now - SignedDuration::from_hours(24 * DAYS_BEFORE)).await?;
    let count = "select count(*) from pg_inherits where inhparent = 'audit_logs'::regclass";
    let row = database.owner.query_one(count, &[]).await;
    let partitions = row.and_then(|row| row.try_get(0)).map_err(Failure::database("count the partitions"))?;

    let mut newest = Vec::new();
    for (title, days, condition) in WAYS {
        let (from, to) = (now - SignedDuration::from_hours(24 * days), now + SignedDuration::from_hours(1));
        let condition = condition.replace("{from}", &format!("'{from}'")).replace("{to}", &format!("'{to}'"));
        let sql = SELECT.replace("{condition}", &condition);
        let both: [(&(dyn ToSql + Sync), Type); 2] = [(&from, Type::TIMESTAMPTZ), (&to, Type::TIMESTAMPTZ)];
        let parameters = if sql.contains("$1") { both.as_slice() } else { &[] };
        let (mut explained, mut taken) = (Vec::new(), Vec::new());
        for number in 0..connections {
            step.note(format!("{title}: {number} of {connections}"));
            let person = &people[number as usize % people.len()];
            // Each in a connection of its own: what the first statement loads, the second one has.
            let client = within_scope(&database.app_url, person, begin_keys).await?;
            explained.push(Explained::ask(&client, &sql, parameters).await?);
            let client = within_scope(&database.app_url, person, begin_keys).await?;
            taken.push(time(&client, &sql, parameters).await?);
        }
        let client_p50_ms = milliseconds(Sample::new(taken).percentile(50));
        newest.push(Newest { title, partitions, client_p50_ms, explained: Explained::median(explained), sql });
    }
    Ok(newest)
}

/// A new connection, in which this person's scope is open.
async fn within_scope(app_url: &str, person: &Person, begin_keys: &str) -> Result<Client, Failure> {
    let client = postgres::connect(app_url).await?;
    client.batch_execute("begin").await.map_err(Failure::database("begin a transaction"))?;
    person.claims(begin_keys)?.begin(&client).await.map_err(Failure::database("say who is asking"))?;
    Ok(client)
}

async fn time(client: &Client, sql: &str, parameters: &[(&(dyn ToSql + Sync), Type)]) -> Result<Duration, Failure> {
    let started = Instant::now();
    let rows = client.query_typed(sql, parameters).await.map_err(Failure::database("read the newest rows"))?;
    let taken = started.elapsed();
    match rows.is_empty() {
        true => Err(Failure::Unmet("the newest rows are none".to_owned())),
        false => Ok(taken),
    }
}
