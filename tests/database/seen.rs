//! Every row that a session reaches, in every table, each told by whom it belongs to: what is foreign among it shows at
//! once.

use std::collections::BTreeSet;

use tokio_postgres::{Client, types::Type};

use super::matrix;

/// What is tried beside the tables themselves.
const FUNCTIONS: [&str; 2] =
    ["select 'row of ' || workos_user_id from app.me()", "select 'colleague ' || workos_user_id from app.members()"];

/// A function that tries each statement with its caller's rights and gives the rows that came back. A refused one adds
/// nothing, and nothing stays of any: so many are tried so often that each cannot be a message of its own.
const TRY_ALL: &str = "
    create schema probe;
    grant usage on schema probe to public;
    create function probe.seen(probes text[]) returns text[] language plpgsql as $function$
    declare
      seen text[] := '{}';
      probe text;
      told text;
    begin
      foreach probe in array probes loop
        begin
          for told in execute probe loop
            seen := seen || told;
          end loop;
          raise exception 'undone' using errcode = 'PROBE';
        exception
          when others then null;
        end;
      end loop;
      return seen;
    end
    $function$;
    grant execute on function probe.seen(text[]) to public";

/// Makes what [`seen`] needs, as the owner.
pub(super) async fn prepare(owner: &Client) {
    owner.batch_execute(TRY_ALL).await.expect("the owner may make a function");
}

/// The rows that the transaction reaches which the client is in, read or written; nothing of it stays.
pub(super) async fn seen(client: &Client) -> BTreeSet<String> {
    let probes: Vec<&str> = matrix::probes().iter().map(String::as_str).chain(FUNCTIONS).collect();
    let row = client.query_typed_one("select probe.seen($1)", &[(&probes, Type::TEXT_ARRAY)]).await;
    row.expect("anybody may probe").get::<_, Vec<String>>(0).into_iter().collect()
}
