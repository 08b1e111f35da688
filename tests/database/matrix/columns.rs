//! Which columns a command may name: grants alone, since no row is touched.

use tokio_postgres::Client;

use super::{
    attempt::Attempts,
    cells::Tally,
    table::{Command, Outcome, Table},
    who::Who,
};

/// Tries every column of a table with every command that can name one.
pub(super) async fn try_columns(client: &Client, columns: &[String], table: &Table, who: &Who) -> Tally {
    let attempts = Attempts::begin(client).await;
    let access = table.access(who);
    let mut tally = Tally::default();
    for column in columns {
        let name = table.name;
        for (command, granted, statement) in [
            (
                Command::Select,
                access.select.as_ref().map(|select| select.columns),
                format!("select \"{column}\" from public.{name} where false"),
            ),
            (
                Command::Insert,
                access.insert.as_ref().map(|insert| insert.columns),
                format!("insert into public.{name} (\"{column}\") select null where false"),
            ),
            (
                Command::Update,
                access.update.as_ref().map(|update| update.columns),
                format!("update public.{name} set \"{column}\" = null where false"),
            ),
        ] {
            let is_granted =
                granted.is_some_and(|columns| columns == "*" || columns.split_whitespace().any(|own| own == column));
            let expected = if is_granted { Outcome::Hidden } else { Outcome::Denied };
            let outcome = attempts.outcome(&statement).await;
            // A function of a policy may ask for a context before it is found that there is no row.
            let is_right = outcome.as_ref() == Ok(&expected) || is_granted && outcome == Ok(Outcome::NoContext);
            tally.add(is_right, || {
                format!("{}: {command:?}: {outcome:?} instead of {expected:?}: {statement}", who.name)
            });
        }
    }
    // Deletion and truncation name no column.
    for (is_granted, statement) in [
        (access.delete.is_some(), format!("delete from public.{} where false", table.name)),
        (false, format!("truncate public.{}", table.name)),
    ] {
        let outcome = attempts.outcome(&statement).await;
        let is_right = if is_granted { outcome != Ok(Outcome::Denied) } else { outcome == Ok(Outcome::Denied) };
        tally.add(is_right, || format!("{}: {outcome:?}, granted: {is_granted}: {statement}", who.name));
    }
    tally
}

/// Tries the columns as one who asks, in a superuser's transaction.
pub(in crate::database) async fn columns_as_superuser(superuser: &Client, table: &Table, who: &Who) -> Tally {
    let columns = of(superuser, table).await;
    superuser.batch_execute("savepoint who").await.expect("a savepoint");
    let tally = match who.enter_as_superuser(superuser).await {
        Ok(()) => try_columns(superuser, &columns, table, who).await,
        Err(error) => Tally { cells: 1, wrong: vec![error] },
    };
    superuser.batch_execute("rollback to savepoint who").await.expect("a savepoint");
    tally
}

/// The columns of a table, by their order.
pub(super) async fn of(owner: &Client, table: &Table) -> Vec<String> {
    let names = "
        select attname::text
          from pg_attribute
         where attrelid = $1::text::regclass and attnum > 0 and not attisdropped
         order by attnum";
    let rows = owner.query(names, &[&format!("public.{}", table.name)]).await.expect("the columns");
    rows.iter().map(|row| row.get(0)).collect()
}
