//! An invocation: the month, if it is the schedule's; then what is queued, until there is no more or the time is up.

use std::time::Duration;

use eleva::{App, Invocation, database::ExportSession};
use evidence::{manifest::Role, signature::Signer};
use serde_json::{Value, json};
use store::Store;

use crate::{
    checkpoints::Checkpoints,
    event::Event,
    export::Export,
    failure::{Failure, Unfinished},
    plan,
    queue::{self, MOST_ATTEMPTS},
    resume::Resume,
    schedule, work,
};

/// No export is taken on with less time than this: a little more than a piece of one is begun with.
const LEAST_TIME: Duration = Duration::from_secs(21);

/// After the first one, none is with less than this: what could not get a part into the store would be put back as it
/// was, with an attempt less. The next invocation has all of its time for it.
const LEAST_TIME_FOR_ANOTHER: Duration = Duration::from_secs(90);

/// An export that was begun anew so often is given up.
const MOST_RUNS: u32 = 3;

/// What an export takes, besides itself.
struct Workshop<'a> {
    session: ExportSession<'a>,
    store: Store,
    signer: &'a Signer,
    checkpoints: Checkpoints,
    invocation: &'a Invocation,
}

/// Does what the event says.
pub(crate) async fn run(app: &App, invocation: &Invocation) -> Result<Value, Failure> {
    let scope = app.export().map_err(Failure::Setting)?;
    let now = app.clock().now().unwrap_or_default();
    let queued = match Event::read(invocation.event(), now)? {
        Event::Queue => 0,
        Event::Monthly(month) => schedule::queue(&scope, month).await?,
    };
    let mut workshop = Workshop {
        session: scope.session(),
        store: Store::new(app.store_url().map_err(Failure::Setting)?).await,
        signer: app.export_signer().map_err(Failure::Setting)?,
        checkpoints: Checkpoints::default(),
        invocation,
    };
    let (mut done, mut failed) = (0, 0);
    let mut least_time = LEAST_TIME;
    while invocation.time_left().is_none_or(|left| left >= least_time) {
        least_time = LEAST_TIME_FOR_ANOTHER;
        let Some(export) = queue::claim(&mut workshop.session).await? else { break };
        match workshop.make(&export).await {
            Ok(()) => done += 1,
            Err(Unfinished::OutOfTime) => break,
            Err(error) => {
                failed += 1;
                let (export_id, org_id, code) = (export.id, export.org_id, error.code());
                tracing::error!(%export_id, %org_id, %error, code, "an export failed");
            }
        }
    }
    workshop.session.close().await;
    match failed {
        0 => Ok(json!({"queued": queued, "done": done})),
        _ => Err(Failure::Exports { failed, exports: done + failed }),
    }
}

impl Workshop<'_> {
    /// Makes an export. If it is not finished, its row says so before anything else happens.
    async fn make(&mut self, export: &Export) -> Result<(), Unfinished> {
        let (mut run, mut attempt) = (export.run, export.attempt);
        let made = match attempt > MOST_ATTEMPTS {
            true => Err(Unfinished::Lost),
            false => self.attempt(export, (&mut run, &mut attempt)).await,
        };
        let Err(why) = made else { return Ok(()) };
        let is_spent = attempt >= MOST_ATTEMPTS && !matches!(why, Unfinished::OutOfTime | Unfinished::LostLease);
        let is_given_up = !why.is_passing() || is_spent || why.starts_over() && run >= MOST_RUNS;
        let noted = match &why {
            Unfinished::LostLease => Ok(()),
            why if is_given_up => queue::give_up(&mut self.session, export, run, why).await,
            why => queue::put_back(&mut self.session, export, attempt, run, why).await,
        };
        // Where the lease is lost, somebody else goes on with the uploads.
        if noted.is_ok() && (is_given_up || why.starts_over()) {
            self.abandon(export, run).await;
        }
        if let Err(error) = noted {
            // Its lease runs out, which comes to the same.
            tracing::warn!(export_id = %export.id, %error, "what became of an export is not recorded");
        }
        Err(why)
    }

    /// Goes on with an export. Tells which run it was, and that no attempt counts, since it got somewhere.
    async fn attempt(&mut self, export: &Export, (run, attempt): (&mut u32, &mut i32)) -> Result<(), Unfinished> {
        let Self { session, store, checkpoints, .. } = self;
        let mut resume = match export.resume.clone() {
            Some(resume) => resume,
            None => {
                let plan = plan::make(session, store, checkpoints, export).await?;
                let resume = Resume::begin(plan, export.run);
                queue::begin(session, export, &resume).await?;
                resume
            }
        };
        *run = resume.run;
        let parts = resume.parts();
        let made = work::make(session, store, self.signer, self.invocation, export, &mut resume).await;
        if resume.parts() > parts {
            *attempt = 0;
        }
        made
    }

    /// Ends the uploads of an export that nobody goes on with. Where even that fails, the bucket's lifecycle rule does
    /// it.
    async fn abandon(&self, export: &Export, run: u32) {
        for role in [Role::Rows, Role::LeftOut] {
            if let Err(error) = self.store.abandon(&export.key(run, &export.file_name(role))).await {
                tracing::warn!(export_id = %export.id, %error, "an upload is not ended");
            }
        }
    }
}
