//! `ops keys rotate`: after it nothing is under an earlier key, nothing was lost, and nobody noticed (hardening E1).

mod interrupted;
mod master;
mod meanwhile;
mod rotation;
mod through_functions;
mod undecryptable;

use std::time::Duration;

use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::{operator::Operator, practice::Practice};
use crate::app::{connect_directly, world};

const ROTATED: &str = "
    select metadata
      from audit_logs
     where org_id = $1
       and action = 'ENCRYPTION_KEY_ROTATED'
       and actor_type = 'operator'
       and resource_type = 'encryption_key'
       and outcome = 'success'
       and resource_id = org_id || '/' || (metadata ->> 'key_no')
     order by seq";

impl Practice {
    fn rotate(&self) -> Operator {
        self.operator(&["keys", "rotate", "--organization", "clinica-aurora"])
    }

    /// Until a rotation waits for a row that somebody has locked.
    async fn until_it_waits(&self, for_whom: &str) {
        let waits = format!(
            "select exists (
               select
                 from pg_stat_activity a
                where a.datname = current_database()
                  and a.application_name = 'eleva ops'
                  and {for_whom}
             )"
        );
        let superuser = connect_directly(&world().superuser_url(self.app.database())).await;
        let waiting = async {
            while !superuser.query_one(&waits, &[]).await.expect("an answer").get::<_, bool>(0) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(20), waiting).await.expect("it waits");
    }

    /// What the trail says of rotations.
    async fn rotated(&self) -> Vec<Value> {
        let rows = self.owner.query(ROTATED, &[&self.org_id]).await.expect("the trail");
        rows.iter().map(|row| row.get("metadata")).collect()
    }

    /// Asserts that the trail has the hash of everything that is sealed.
    async fn assert_vouched_for(&self) {
        let rotated = self.rotated().await;
        let envelopes = rotated.iter().filter_map(|row| row["envelopes"].as_array()).flatten();
        let told: Vec<String> = envelopes
            .map(|told| {
                let text = |name: &str| told[name].as_str().expect("a text").to_owned();
                format!("{} {} {} {}: {}", text("table"), text("id"), told["version"], text("field"), text("sha256"))
            })
            .collect();
        for envelope in self.envelopes().await {
            let place = envelope.place(self.org_id);
            let (table, field) = (&envelope.table, place.field.name());
            let expected = format!("{table} {} {} {field}: {}", place.row_id, place.version, envelope.sha256());
            assert!(told.contains(&expected), "{expected}");
        }
    }
}
