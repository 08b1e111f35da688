//! How far an export got: all that the next worker needs to go on. It is written after each part of a file.

use evidence::{
    chain::Hash,
    hex,
    manifest::{ChainEnd, Covering, Gone, Role},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Part;

/// What was fixed when the export was begun, and what is in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resume {
    /// How often it was begun from its beginning before.
    pub(crate) run: u32,
    pub(crate) plan: Plan,
    /// How far the chain was followed, all being well so far.
    pub(crate) position: Position,
    /// The rows before that which are not there any more.
    pub(crate) dropped: Vec<Gone>,
    pub(crate) rows: Progress,
    pub(crate) left_out: Progress,
}

/// A place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) next_seq: i64,
    /// The hash of the row before.
    #[serde(with = "hex")]
    pub(crate) hash: Hash,
}

/// The piece of the chain that is exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) first_seq: i64,
    pub(crate) last_seq: i64,
    /// What the first row is linked to.
    #[serde(with = "hex")]
    pub(crate) previous_hash: Hash,
    /// The hash of the last row.
    #[serde(with = "hex")]
    pub(crate) last_hash: Hash,
    pub(crate) chain_end: ChainEnd,
    pub(crate) checkpoint: Option<Covering>,
    /// All rows before the first one, where they are not there any more and it shows nothing of what they were.
    pub(crate) dropped: Option<Gone>,
}

/// What a file has in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Everything of the rows before this one is there, but for those below.
    pub(crate) next_seq: i64,
    /// The file's rows before that which are in no part yet, where they are few.
    pub(crate) pending: Vec<i64>,
    /// How many rows that is.
    pub(crate) rows: u64,
    /// How many bytes.
    pub(crate) size: u64,
    /// The SHA-256 of these bytes, half-way, as `sha2` keeps it; none at the beginning.
    pub(crate) sha256: Option<String>,
    /// The store's id of the upload, once there is one.
    pub(crate) upload_id: Option<String>,
    /// What was uploaded, in order.
    pub(crate) parts: Vec<Part>,
}

impl Resume {
    /// What a row of the queue says: the run, and how far it got. What another version of this worker left in another
    /// form is of no use, and the export is begun anew.
    pub(crate) fn read(state: &Value) -> (u32, Option<Self>) {
        let run = state.get("run").and_then(Value::as_u64).and_then(|run| u32::try_from(run).ok()).unwrap_or_default();
        match Self::deserialize(state) {
            Ok(resume) => (run, Some(resume)),
            Err(_) if state.get("plan").is_some() => (run + 1, None),
            Err(_) => (run, None),
        }
    }

    /// What a row of the queue says of an export that is to be begun from its beginning once more.
    pub(crate) fn anew(run: u32) -> Value {
        json!({"run": run + 1})
    }

    /// At the beginning.
    pub(crate) fn begin(plan: Plan, run: u32) -> Self {
        let progress = Progress {
            next_seq: plan.first_seq,
            pending: Vec::new(),
            rows: 0,
            size: 0,
            sha256: None,
            upload_id: None,
            parts: Vec::new(),
        };
        let position = Position { next_seq: plan.first_seq, hash: plan.previous_hash };
        let dropped = plan.dropped.into_iter().collect();
        Self { run, plan, position, dropped, rows: progress.clone(), left_out: progress }
    }

    /// From where on rows are to be read.
    pub(crate) fn next_seq(&self) -> i64 {
        self.rows.next_seq.min(self.left_out.next_seq)
    }

    /// How many parts are in the store.
    pub(crate) fn parts(&self) -> usize {
        self.rows.parts.len() + self.left_out.parts.len()
    }

    /// What a file has.
    pub(crate) fn progress(&mut self, role: Role) -> &mut Progress {
        match role {
            Role::Rows => &mut self.rows,
            Role::LeftOut => &mut self.left_out,
        }
    }
}
