//! Why a statement that changes an event changed none.

use eleva::{
    database::{Error, Statement, Transaction},
    http::Problem,
};
use tokio_postgres::types::Type;
use uuid::Uuid;

const IS_VISIBLE: &str = "
    select
    from events
    where id = $1";

/// `forbidden` where the event is there to be seen but somebody else's, `not_found` otherwise. Asked afterwards and in
/// the same transaction: the statement itself was the check.
pub(crate) async fn of(transaction: &mut Transaction<'_>, id: Uuid) -> Result<Problem, Error> {
    let visible = transaction.query_optional(Statement::new(IS_VISIBLE, &[(&id, Type::UUID)])).await?;
    Ok(match visible {
        Some(_) => Problem::forbidden().with_detail("This event is another expert's."),
        None => Problem::not_visible(id),
    })
}
