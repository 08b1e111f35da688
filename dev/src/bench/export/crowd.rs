//! A month's end: every organization is exported, by three workers at once, and meanwhile somebody reads.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use serde::Serialize;
use serde_json::json;
use tokio::{sync::watch, time::sleep};

use super::{
    Bench, Database, Person, Trail,
    worker::{self, Worker},
};
use crate::{
    bench::costs::{Sample, milliseconds},
    failure::Failure,
    postgres,
    progress::Step,
};

/// How many rows each organization has, over seventy days.
const ROWS: u32 = 40;

/// How often somebody reads when nothing else happens.
const USUAL_READS: usize = 400;

/// From one reading to the next.
const PAUSE: Duration = Duration::from_millis(10);

const READ: &str = "select id, name, slug, price from events order by slug limit 50";

/// What a month's end came to.
#[derive(Debug, Serialize)]
pub(super) struct Crowd {
    pub(super) organizations: u32,
    pub(super) exports: i64,
    /// How many organizations have more or fewer exports than one.
    pub(super) not_exactly_one: i64,
    pub(super) seconds: f64,
    /// How often somebody read meanwhile.
    pub(super) reads: usize,
    /// A reading with a connection of its own, as a request has it, milliseconds.
    pub(super) usual_p50_ms: f64,
    pub(super) usual_p95_ms: f64,
    pub(super) meanwhile_p50_ms: f64,
    pub(super) meanwhile_p95_ms: f64,
}

const COUNTS: &str = "
    select coalesce(sum(exports) filter (where status_is_done), 0)::bigint as exports,
           count(*) filter (where exports <> 1) as not_exactly_one
      from (
        select o.id, count(e.id) as exports, coalesce(bool_and(e.status = 'done'), false) as status_is_done
          from organizations o
          left join audit_log_exports e on e.org_id = o.id
         where exists (select from audit_logs l where l.org_id = o.id)
         group by o.id
      ) as counted";

pub(super) async fn measure(
    bench: &Bench<'_>,
    trail: &Trail,
    organizations: u32,
    step: &Step,
) -> Result<Crowd, Failure> {
    step.note("filling the trails");
    let database = bench.database("crowd").await?;
    let people = Person::make(&database.owner, organizations, 3).await?;
    let now = Timestamp::now();
    trail.fill(&database, ROWS * organizations, now - SignedDuration::from_hours(24 * 70)).await?;
    let person = people.first().ok_or_else(|| Failure::Unmet("there is nobody who reads".to_owned()))?;
    let reader = Reader { database: &database, person, begin_keys: bench.begin_keys() };

    step.note("reading alone");
    let usual = reader.read(|reads| reads < USUAL_READS).await?;
    step.note("exporting");
    let (ended, has_ended) = watch::channel(false);
    let started = Instant::now();
    let exporting = async {
        let exported = export(bench, &database).await;
        ended.send_replace(true);
        exported
    };
    let (exported, meanwhile) = tokio::join!(exporting, reader.read(|_| !*has_ended.borrow()));
    exported?;
    let (seconds, meanwhile) = (started.elapsed().as_secs_f64(), meanwhile?);
    let failed = || Failure::database("count the exports");
    let counts = database.owner.query_one(COUNTS, &[]).await.map_err(failed())?;
    let reads = meanwhile.len();
    let (usual, meanwhile) = (Sample::new(usual), Sample::new(meanwhile));
    Ok(Crowd {
        organizations,
        exports: counts.try_get("exports").map_err(failed())?,
        not_exactly_one: counts.try_get("not_exactly_one").map_err(failed())?,
        seconds,
        reads,
        usual_p50_ms: milliseconds(usual.percentile(50)),
        usual_p95_ms: milliseconds(usual.percentile(95)),
        meanwhile_p50_ms: milliseconds(meanwhile.percentile(50)),
        meanwhile_p95_ms: milliseconds(meanwhile.percentile(95)),
    })
}

/// The month's schedule fires twice, and the minute's beside it.
async fn export(bench: &Bench<'_>, database: &Database) -> Result<(), Failure> {
    let worker = Worker::new(bench, database)?;
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let month_before = today.first_of_month().saturating_sub(1.day());
    let period = format!("{:04}-{:02}", month_before.year(), month_before.month());
    let monthly = json!({"schedule": "monthly", "period": period});
    let functions = [worker.function(), worker.function(), worker.function()];
    let [one, two, three] = &functions;
    let answers = tokio::join!(
        worker::invoke(one, monthly.clone()),
        worker::invoke(two, monthly),
        worker::invoke(three, json!({}))
    );
    answers.0.and(answers.1).and(answers.2)?;
    Ok(())
}

/// Somebody who reads their events, each time as a request does it.
struct Reader<'a> {
    database: &'a Database,
    person: &'a Person,
    begin_keys: &'a str,
}

impl Reader<'_> {
    /// Reads for as long as that is wanted, given how often it was done.
    async fn read(&self, wanted: impl Fn(usize) -> bool) -> Result<Vec<Duration>, Failure> {
        let mut taken = Vec::new();
        while wanted(taken.len()) {
            let started = Instant::now();
            let client = postgres::connect(&self.database.app_url).await?;
            let failed = || Failure::database("read events");
            client.batch_execute("begin").await.map_err(failed())?;
            self.person.claims(self.begin_keys)?.begin(&client).await.map_err(failed())?;
            client.query_typed(READ, &[]).await.map_err(failed())?;
            client.batch_execute("commit").await.map_err(failed())?;
            taken.push(started.elapsed());
            sleep(PAUSE).await;
        }
        Ok(taken)
    }
}
