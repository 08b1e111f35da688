//! All that there is, as the owner sees it.

use std::collections::BTreeMap;

use tokio_postgres::SimpleQueryMessage;

use super::{
    seat::Seat,
    state::{Row, State},
    statement::{Condition, Statement},
    table::Table,
};

/// Every row, as the owner sees it.
pub(super) async fn read(owner: &Seat) -> State {
    let mut state = State::default();
    for table in Table::ALL {
        let columns: Vec<&'static str> =
            table.columns().iter().filter(|column| column.is_seen()).map(|column| column.name).collect();
        let condition = Condition::All;
        let text = Statement::Select { table, columns: columns.clone(), condition }.text();
        let order = order(table);
        let messages = owner.client.simple_query(&format!("{text} order by {order}")).await.expect("the owner reads");
        for message in messages {
            let SimpleQueryMessage::Row(line) = message else { continue };
            let values = columns.iter().enumerate().map(|(place, name)| (*name, line.get(place).map(str::to_owned)));
            state.insert(table, Row(values.collect::<BTreeMap<_, _>>()));
        }
    }
    state
}

/// An order that is the same in every database. Ids that the server chose would give another one each time, and a seed
/// would not give the same run.
fn order(table: Table) -> String {
    match table {
        Table::Organizations => "slug".to_owned(),
        Table::Memberships => {
            "workos_user_id, (select o.slug from organizations o where o.id = user_org_memberships.org_id)".to_owned()
        }
        // Nothing is seeded there but users.
        _ => table.description().key.join(", "),
    }
}

/// The first table whose rows are not the same in two states, in whatever order.
pub(super) fn difference(one: &State, other: &State) -> Option<Table> {
    Table::ALL.into_iter().find(|table| sorted(one, *table) != sorted(other, *table))
}

fn sorted(state: &State, table: Table) -> Vec<&BTreeMap<&'static str, Option<String>>> {
    let mut rows: Vec<_> = state.rows(table).iter().map(|row| &row.0).collect();
    rows.sort();
    rows
}
