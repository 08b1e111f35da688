//! A chain of an organization.

use proptest::{collection::vec, option, prelude::*};
use uuid::Uuid;

use super::{BEGIN, HOUR};
use crate::{
    chain::{self, Body, Hash, Header},
    left_out::LeftOut,
    row::Row,
};

const ACTIONS: [&str; 3] = ["EVENT_UPDATED", "MEDICAL_RECORD_VIEWED", "SESSION_SIGNED_IN"];
const RESOURCE_TYPES: [&str; 2] = ["event", "record"];

/// A row that owns what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: Uuid,
    pub(super) org_id: Uuid,
    pub(super) seq: i64,
    pub(super) created_at: i64,
    pub(super) action: String,
    pub(super) resource_type: String,
    pub(super) is_imported: bool,
    pub(super) user_agent: Option<String>,
    pub(super) new_values: Option<String>,
    pub(super) metadata: Option<String>,
    pub(super) salt: [u8; 16],
    pub(super) hash: Hash,
}

/// What a row is to be, before it has a place.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Microseconds after the row before; of an imported one before that.
    pub(super) distance: i64,
    pub(super) is_imported: bool,
    pub(super) action: usize,
    pub(super) resource_type: usize,
    pub(super) user_agent: Option<String>,
    pub(super) new_values: Option<String>,
}

/// All rows of an organization.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) org_id: Uuid,
    pub(super) entries: Vec<Entry>,
}

impl Entry {
    pub(super) fn as_row(&self) -> Row<'_> {
        let header = Header {
            id: self.id,
            org_id: self.org_id,
            seq: self.seq,
            created_at: self.created_at,
            action: &self.action,
            resource_type: &self.resource_type,
            outcome: "success",
            is_imported: self.is_imported,
        };
        let body = Body {
            salt: &self.salt,
            workos_user_id: Some("user_01"),
            actor_type: "user",
            impersonator: None,
            resource_id: Some("17"),
            old_values: None,
            new_values: self.new_values.as_deref(),
            ip_address: Some("203.0.113.9/32"),
            user_agent: self.user_agent.as_deref(),
            request_id: None,
            metadata: self.metadata.as_deref(),
        };
        Row { header, body, hash: self.hash }
    }

    pub(super) fn as_left_out(&self) -> LeftOut<'_> {
        let Row { header, body, hash } = self.as_row();
        LeftOut { header, body_hash: body.hash(), hash }
    }
}

impl Chain {
    pub(super) fn new(organization: u128, plans: &[Plan]) -> Self {
        let mut clock = BEGIN;
        let entries = plans.iter().enumerate().map(|(position, plan)| {
            let created_at = match plan.is_imported {
                true => clock - plan.distance,
                false => {
                    clock += plan.distance;
                    clock
                }
            };
            Entry {
                id: Uuid::from_u128(organization << 64 | position as u128),
                org_id: Uuid::from_u128(organization),
                seq: position as i64 + 1,
                created_at,
                action: ACTIONS[plan.action].to_owned(),
                resource_type: RESOURCE_TYPES[plan.resource_type].to_owned(),
                is_imported: plan.is_imported,
                user_agent: plan.user_agent.clone(),
                new_values: plan.new_values.as_ref().map(|text| format!("{{\"price\": {}}}", serde_json::json!(text))),
                metadata: plan.is_imported.then(|| "{\"imported_at\": \"2026-10-01T00:00:00.000000Z\"}".to_owned()),
                salt: [position as u8; 16],
                hash: [0; 32],
            }
        });
        let mut chain = Self { org_id: Uuid::from_u128(organization), entries: entries.collect() };
        chain.rehash();
        chain
    }

    /// One with a row each hour, of which every fifth is of another action and the fourth was imported.
    pub(super) fn hourly(organization: u128, rows: usize) -> Self {
        let plan = |position: usize| Plan {
            distance: HOUR,
            is_imported: position == 3,
            action: usize::from(position.is_multiple_of(5)),
            resource_type: 0,
            user_agent: Some("=Browser, \"1\"".to_owned()),
            new_values: Some(position.to_string()),
        };
        Self::new(organization, &(0..rows).map(plan).collect::<Vec<_>>())
    }

    /// Computes all hashes anew, as somebody may who has the database.
    pub(super) fn rehash(&mut self) {
        let mut hash = chain::genesis(self.org_id);
        for entry in &mut self.entries {
            let row = entry.as_row();
            hash = chain::link(&hash, &chain::row_hash(&row.header.hash(), &row.body.hash()));
            entry.hash = hash;
        }
    }

    /// The hash of the row with that place, or what comes before the first one.
    pub(super) fn hash(&self, seq: i64) -> Hash {
        match seq {
            0 => chain::genesis(self.org_id),
            seq => self.entries[seq as usize - 1].hash,
        }
    }

    pub(super) fn end(&self) -> i64 {
        self.entries.len() as i64
    }

    /// The time of the row with that place.
    pub(super) fn time(&self, seq: i64) -> i64 {
        self.entries[seq as usize - 1].created_at
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{0,8}", "[=+@'\"\r\n,\\\\é-]{0,6}", "[^\0]{0,6}"]
}

fn plan() -> impl Strategy<Value = Plan> {
    let action = (0..ACTIONS.len(), 0..RESOURCE_TYPES.len());
    (1..3 * HOUR, prop::bool::weighted(0.15), action, option::of(text()), option::of(text())).prop_map(
        |(distance, is_imported, (action, resource_type), user_agent, new_values)| Plan {
            distance,
            is_imported,
            action,
            resource_type,
            user_agent,
            new_values,
        },
    )
}

/// Any chain of so many rows.
pub(super) fn chains(rows: std::ops::Range<usize>) -> impl Strategy<Value = Chain> {
    vec(plan(), rows).prop_map(|plans| Chain::new(7, &plans))
}
