//! What the functions behind the policies take by themselves.

use serde::Serialize;

use super::{
    asker::Asker,
    report::Spread,
    side::{Side, Sides, begin_as},
};
use crate::{
    bench::{costs::Sample, explained::Explained},
    failure::Failure,
    postgres,
};

/// How often each function is called in one statement, and how often that statement is run.
const CALLS: u32 = 1000;
const STATEMENTS: usize = 9;

/// Fresh connections whose first `app.begin` is timed.
const FRESH: usize = 30;

/// What they take.
#[derive(Debug, Serialize)]
pub(super) struct Calls {
    /// The first `app.begin` of a connection that the pooler has just made.
    pub(super) first_begin: Spread,
    /// One call, microseconds: the mean of many in one statement, the median of several such statements.
    pub(super) user_id_us: f64,
    pub(super) org_id_us: f64,
    pub(super) role_us: f64,
}

impl Calls {
    pub(super) async fn measure(
        asker: &Asker,
        sides: &Sides,
        app_url: &str,
        begin_keys: &str,
    ) -> Result<Self, Failure> {
        let mut first_begins = Vec::new();
        for _ in 0..FRESH {
            let client = postgres::connect(app_url).await?;
            first_begins.push(begin_as(&client, &asker.signed_claims(begin_keys)?).await?);
        }
        sides.begin(asker).await?;
        let [user_id_us, org_id_us, role_us] = [
            microseconds("app.user_id()", sides).await?,
            microseconds("app.org_id()", sides).await?,
            microseconds("app.role()", sides).await?,
        ];
        sides.roll_back().await?;
        Ok(Self { first_begin: Spread::of(&Sample::new(first_begins)), user_id_us, org_id_us, role_us })
    }
}

/// One call. Stable functions without arguments are called for each row all the same, outside a sub-select.
async fn microseconds(call: &str, sides: &Sides) -> Result<f64, Failure> {
    let sql = format!("select count({call}) from generate_series(1, {CALLS})");
    let mut all = Vec::new();
    for _ in 0..STATEMENTS {
        all.push(Explained::ask(sides.client(Side::Functions), &sql, &[]).await?);
    }
    Ok(Explained::median(all).execution_ms * 1e3 / f64::from(CALLS))
}
