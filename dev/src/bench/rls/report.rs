//! The figures of a run, as JSON and as tables.

use std::fmt;

use serde::Serialize;

use super::{calls::Calls, crowd::Crowd};
use crate::bench::{
    costs::{Sample, milliseconds},
    explained::Explained,
    report::Machine,
};

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    /// The server's version.
    pub(super) postgres: String,
    /// What was set differently from the ordinary.
    pub(super) settings: String,
    pub(super) crowd: Crowd,
    /// `app.begin` in a warm connection.
    pub(super) begin: Spread,
    pub(super) calls: Calls,
    pub(super) groups: Vec<Group>,
}

/// Statements in organizations of one size.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    /// How many events each organization has.
    pub(super) events: u32,
    /// How often each statement was run on each side.
    pub(super) turns: u32,
    pub(super) statements: Vec<Compared>,
}

/// One statement on every side.
#[derive(Debug, Serialize)]
pub(super) struct Compared {
    pub(super) title: &'static str,
    /// How many times the owner's it may take at most.
    pub(super) goal: f64,
    pub(super) owner: Way,
    pub(super) functions: Way,
    pub(super) repeated: Way,
}

/// One statement on one side.
#[derive(Debug, Serialize)]
pub(super) struct Way {
    #[serde(flatten)]
    pub(super) time: Spread,
    #[serde(flatten)]
    pub(super) explained: Explained,
    pub(super) sql: String,
}

/// How long something took that was done many times.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Spread {
    /// Half of them took at most this long, milliseconds.
    pub(super) p50_ms: f64,
    /// Nine in ten took at most this long, milliseconds.
    pub(super) p90_ms: f64,
}

impl Spread {
    pub(super) fn of(sample: &Sample) -> Self {
        Self { p50_ms: milliseconds(sample.percentile(50)), p90_ms: milliseconds(sample.percentile(90)) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, postgres, settings, crowd, begin, calls, groups } = self;
        writeln!(formatter, "\n{machine}; PostgreSQL {postgres}, durability off, {settings}; {crowd}")?;
        for group in groups {
            write!(formatter, "{group}")?;
        }
        let Calls { first_begin, user_id_us, org_id_us, role_us } = calls;
        writeln!(formatter, "\n| by itself | p50 | p90 |\n|---|---:|---:|")?;
        writeln!(formatter, "| `app.begin`, warm, ms | {:.3} | {:.3} |", begin.p50_ms, begin.p90_ms)?;
        writeln!(
            formatter,
            "| `app.begin`, the first of a connection, ms | {:.3} | {:.3} |",
            first_begin.p50_ms, first_begin.p90_ms
        )?;
        for (name, microseconds) in
            [("app.user_id()", user_id_us), ("app.org_id()", org_id_us), ("app.role()", role_us)]
        {
            writeln!(formatter, "| `{name}`, a call, µs | {microseconds:.1} | |")?;
        }
        Ok(())
    }
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { events, turns, statements } = self;
        writeln!(
            formatter,
            "\n| {turns} turns, {events} events each | goal × | × p50 | × p90 | added p50 ms | added p90 ms | \
             owner p50 ms | functions p50 ms | owner p90 ms | functions p90 ms | repeated × p50 |"
        )?;
        writeln!(formatter, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")?;
        for Compared { title, goal, owner, functions, repeated } in statements {
            let (owner, functions, repeated) = (owner.time, functions.time, repeated.time);
            writeln!(
                formatter,
                "| {title} | {goal} | {:.2} | {:.2} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.2} |",
                functions.p50_ms / owner.p50_ms,
                functions.p90_ms / owner.p90_ms,
                functions.p50_ms - owner.p50_ms,
                functions.p90_ms - owner.p90_ms,
                owner.p50_ms,
                functions.p50_ms,
                owner.p90_ms,
                functions.p90_ms,
                repeated.p50_ms / owner.p50_ms,
            )?;
        }
        writeln!(
            formatter,
            "\n| in the server, p50 ms | owner plans | functions plan | owner executes | functions execute | repeated: \
             plan | execute |"
        )?;
        writeln!(formatter, "|---|---:|---:|---:|---:|---:|---:|")?;
        for Compared { title, owner, functions, repeated, .. } in statements {
            let (owner, functions, repeated) = (&owner.explained, &functions.explained, &repeated.explained);
            writeln!(
                formatter,
                "| {title} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} |",
                owner.planning_ms,
                functions.planning_ms,
                owner.execution_ms,
                functions.execution_ms,
                repeated.planning_ms,
                repeated.execution_ms,
            )?;
        }
        Ok(())
    }
}
