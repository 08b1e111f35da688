//! `ops erase-organization`: PHI is unreadable afterwards, what is personal is gone, and the trail is whole (hardening
//! C12).

mod erased;
mod meanwhile;
mod refused;

use eleva::phi::OrganizationKeys;

use super::{
    operator::Operator,
    practice::{Practice, master, ring},
};

impl Practice {
    fn erase(&self) -> Operator {
        self.operator(&["erase-organization", "org_01SEEDAURORA", "--confirm", "clinica-aurora"])
    }

    /// Asserts that nothing that is sealed opens, and that there is something.
    async fn assert_unreadable(&self) {
        assert!(self.keys().await.is_empty(), "no key is left");
        let envelopes = self.envelopes().await;
        assert!(!envelopes.is_empty());
        let keys = OrganizationKeys::new(&master(ring()), self.org_id, self.keys().await).expect("a master key");
        for envelope in envelopes {
            let opened = keys.open(&envelope.place(self.org_id), envelope.bytes());
            assert!(opened.is_err(), "{:?}", envelope.place(self.org_id));
        }
    }

    /// The first column of a query of one row.
    async fn count(&self, sql: &str) -> i64 {
        self.owner.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{error}: {sql}")).get(0)
    }
}
