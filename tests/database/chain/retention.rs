//! What is older than seven years goes, nothing else does, and the chain says so (hardening D13).

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Trail, computed_anew};

const EVERYTHING: &str = "
    select md5(coalesce(string_agg(l::text, '' order by l.org_id, l.seq), ''))
             || (select count(*) from audit_refusals)
             || (select count(*) from pg_inherits where inhparent = 'audit_logs'::regclass)
      from audit_logs l";

impl Trail {
    /// One with partitions of the last ten years.
    pub(in crate::database) async fn of_ten_years(organizations: usize) -> Self {
        let trail = Self::without_rows(organizations).await;
        let partitions = "call app.create_audit_partitions(now() - interval '10 years', now())";
        trail.owner.batch_execute(partitions).await.expect("partitions");
        trail
    }

    /// Appends rows of so long ago.
    pub(in crate::database) async fn import(&self, org_id: Uuid, age: &str, rows: i64) {
        let sql = "
            select app.audit_import($1, now() - $2::text::interval + number * interval '1 second', 'user_01',
                                    'APPOINTMENT_VIEWED', 'appointment', 'a' || number, 'success', null, null, null, null,
                                    null)
              from generate_series(1, $3::bigint) as number";
        self.owner.execute(sql, &[&org_id, &age, &rows]).await.expect("rows");
    }

    pub(super) async fn everything(&self) -> String {
        self.owner.query_one(EVERYTHING, &[]).await.expect("all there is").get(0)
    }

    pub(in crate::database) async fn seqs(&self, org_id: Uuid) -> Vec<i64> {
        let sql = "select coalesce(array_agg(seq order by seq), '{}') from audit_logs where org_id = $1";
        self.owner.query_one(sql, &[&org_id]).await.expect("places").get(0)
    }

    /// What the chain says that went.
    async fn said(&self, org_id: Uuid) -> Vec<Value> {
        let sql = "
            select metadata
              from audit_logs
             where org_id = $1 and action = 'AUDIT_RETENTION_APPLIED' and actor_type = 'operator'
               and resource_type = 'audit_log' and outcome = 'success' and workos_user_id is null
             order by seq";
        self.owner.query(sql, &[&org_id]).await.expect("rows").iter().map(|row| row.get(0)).collect()
    }

    /// The hash of a row, as hexadecimal digits; before the first one, what that is linked to.
    async fn hash(&self, org_id: Uuid, seq: i64) -> String {
        let sql = "
            select encode(coalesce((select hash from audit_logs where org_id = $1 and seq = $2), app.audit_genesis($1)),
                          'hex')";
        self.superuser.query_one(sql, &[&org_id, &seq]).await.expect("a hash").get(0)
    }

    async fn day(&self, age: &str) -> String {
        let sql = "select ((now() - $1::text::interval) at time zone 'UTC')::date::text";
        self.owner.query_one(sql, &[&age]).await.expect("a day").get(0)
    }
}

#[tokio::test]
async fn d13_what_is_older_than_seven_years_goes_and_the_chain_says_so() {
    let trail = Trail::of_ten_years(3).await;
    let [one, two, three] = trail.organizations[..] else { panic!("three of them") };
    trail.import(one, "9 years", 3).await;
    trail.import(one, "8 years", 2).await;
    trail.import(one, "6 years 11 months", 1).await;
    trail.write(one, 2).await;
    trail.write(two, 2).await;
    trail.import(two, "8 years", 1).await;
    trail.write(two, 1).await;
    trail.write(three, 1).await;
    let refusals = format!(
        "insert into audit_refusals (org_id, workos_user_id, route, minute)
         values ('{one}', 'user_01', 'GET /events', now() - interval '8 years'),
                ('{one}', 'user_01', 'GET /events', now() - interval '6 years')"
    );
    trail.owner.batch_execute(&refusals).await.expect("refusals");
    let (genesis, last) = (trail.hash(one, 0).await, trail.hash(one, 5).await);
    let (before, gone) = (trail.hash(two, 2).await, trail.hash(two, 3).await);

    let everything = trail.everything().await;
    let report = trail.retain().arguments(&["--dry-run"]).succeed().await;
    for line in [format!("would be dropped: rows 1 to 5 of {one}"), format!("would be dropped: rows 3 to 3 of {two}")] {
        assert!(report.out.lines().any(|told| told == line), "{line}: {report}");
    }
    assert!(report.out.contains("would be dropped: 1 counts of refusals"), "{report}");
    assert_eq!(trail.everything().await, everything, "nothing was");

    let report = trail.retain().succeed().await;
    assert!(report.out.lines().any(|told| told == format!("dropped: rows 1 to 5 of {one}")), "{report}");
    trail.assert_found(&[]).await;
    assert_eq!(trail.seqs(one).await, [6, 7, 8, 9]);
    assert_eq!(trail.seqs(two).await, [1, 2, 4, 5]);
    assert_eq!(trail.seqs(three).await, [1]);
    let said = trail.said(one).await;
    assert_eq!(said.len(), 1, "one run");
    for (name, value) in [
        ("first_seq", json!(1)),
        ("last_seq", json!(5)),
        ("rows", json!(5)),
        ("prev_hash", json!(genesis)),
        ("hash", json!(last)),
    ] {
        assert_eq!(said[0][name], value, "{name}");
    }
    let said = trail.said(two).await;
    assert_eq!((&said[0]["first_seq"], &said[0]["last_seq"]), (&json!(3), &json!(3)));
    assert_eq!((&said[0]["prev_hash"], &said[0]["hash"]), (&json!(before), &json!(gone)));
    assert_eq!(said[0]["from"], said[0]["to"], "one row");
    let left = "
        select count(*)::integer from audit_refusals
         union all
        select count(*)::integer from pg_class
         where relname = to_char((now() - interval '8 years') at time zone 'UTC', '\"audit_logs_\"YYYY\"q\"Q')";
    let left: Vec<i32> = trail.owner.query(left, &[]).await.expect("counts").iter().map(|row| row.get(0)).collect();
    assert_eq!(left, [1, 0]);

    let everything = trail.everything().await;
    let report = trail.retain().succeed().await;
    assert!(report.out.contains("nothing to drop"), "{report}");
    assert_eq!(trail.everything().await, everything);
}

#[tokio::test]
async fn d13_nothing_younger_can_be_asked_for() {
    let trail = Trail::of_ten_years(1).await;
    let one = trail.organizations[0];
    trail.import(one, "9 years", 3).await;
    trail.import(one, "8 years", 2).await;
    let everything = trail.everything().await;
    let day = trail.day("7 years -2 days").await;
    let report = trail.retain().arguments(&["--before", &day]).fail().await;
    assert_eq!(
        report.err.trim(),
        format!("error: {day} is less than seven years ago; nothing younger than that is dropped"),
        "{report}"
    );
    assert_eq!(trail.everything().await, everything);

    // What is older may stay a while longer, and what went before is no gap for what goes next.
    let day = trail.day("8 years 6 months").await;
    trail.retain().arguments(&["--before", &day]).succeed().await;
    assert_eq!(trail.seqs(one).await, [4, 5, 6]);
    trail.assert_found(&[]).await;
    trail.retain().succeed().await;
    assert_eq!(trail.seqs(one).await, [6, 7]);
    assert_eq!(trail.said(one).await.len(), 2);
    trail.assert_found(&[]).await;
}

#[tokio::test]
async fn d13_what_said_that_rows_went_goes_too_one_day_and_is_said_again() {
    let trail = Trail::of_ten_years(1).await;
    let one = trail.organizations[0];
    trail.import(one, "9 years", 3).await;
    let genesis = trail.hash(one, 0).await;
    let day = trail.day("8 years 6 months").await;
    trail.retain().arguments(&["--before", &day]).succeed().await;
    // A year ago, as it were.
    let older = "update audit_logs set created_at = now() - interval '8 years' where org_id = '{org}' and seq = 4;";
    trail.tamper(one, &format!("{older}{}", computed_anew(4))).await;
    trail.write(one, 2).await;
    trail.assert_found(&[]).await;
    let last = trail.hash(one, 4).await;

    trail.retain().succeed().await;
    assert_eq!(trail.seqs(one).await, [5, 6, 7]);
    let said = trail.said(one).await;
    assert_eq!(said.len(), 1);
    assert_eq!((&said[0]["first_seq"], &said[0]["last_seq"], &said[0]["rows"]), (&json!(1), &json!(4), &json!(4)));
    assert_eq!((&said[0]["prev_hash"], &said[0]["hash"]), (&json!(genesis), &json!(last)));
    trail.assert_found(&[]).await;
}

#[tokio::test]
async fn d13_nothing_goes_while_a_chain_is_broken() {
    let trail = Trail::of_ten_years(2).await;
    trail.import(trail.organizations[0], "9 years", 3).await;
    trail.write(trail.organizations[1], 3).await;
    trail.tamper(trail.organizations[1], "delete from audit_logs where org_id = '{org}' and seq = 2").await;
    let everything = trail.everything().await;
    for arguments in [["--dry-run"].as_slice(), &[]] {
        let report = trail.retain().arguments(arguments).fail().await;
        assert!(report.out.contains("missing: row 2"), "{report}");
        assert!(report.out.contains("nothing was dropped"), "{report}");
        assert_eq!(trail.everything().await, everything);
    }
}

#[tokio::test]
async fn d13_only_what_fits_explains_that_rows_are_gone() {
    let trail = Trail::with_rows(6).await;
    let said = |first: i64, last: i64, prev_hash: &str, hash: &str| {
        let metadata = json!({"first_seq": first, "last_seq": last, "prev_hash": prev_hash, "hash": hash});
        format!(
            "select app.audit_system('{{org}}', null, null, 'AUDIT_RETENTION_APPLIED', 'audit_log', null, 'success', null,
                                     null, '{metadata}', null, null, null);"
        )
    };
    let delete = "delete from audit_logs where org_id = '{org}' and seq between 3 and 5";
    let mut expected = Vec::new();
    for (case, &org_id) in trail.organizations.iter().enumerate() {
        let (before, middle, last) =
            (trail.hash(org_id, 2).await, trail.hash(org_id, 4).await, trail.hash(org_id, 5).await);
        let statements = match case {
            // In one piece, in two.
            0 => said(3, 5, &before, &last),
            1 => said(5, 5, &middle, &last) + &said(3, 4, &before, &middle),
            // Too little, too much, with another end, by somebody else than an operator.
            2 => said(3, 4, &before, &middle),
            3 => said(3, 6, &before, &last),
            4 => said(3, 5, &before, &middle),
            _ => {
                said(3, 5, &before, &last)
                    + "update audit_logs set actor_type = 'system' where org_id = '{org}' and seq = 13;"
                    + &computed_anew(13)
            }
        };
        trail.tamper(org_id, &statements).await;
        trail.tamper(org_id, delete).await;
        if case > 1 {
            expected.push((org_id, "missing", 3, 5));
        }
    }
    trail.assert_found(&expected).await;
}
