//! `GET /records/{id}/versions/{number}`: what a record said at some time.

use eleva::{
    App, Session,
    database::Statement,
    http::{Problem, Reply, Request},
    permission::Permission,
    phi::{OrganizationKeys, keys_statement},
};
use http::StatusCode;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{
    asked::Asked,
    record::record_columns,
    sealed::{sealed_columns, viewed},
    show::{self, open},
    undecryptable::Broken,
    version_page,
    versions::{is_visible_parameter, is_visible_statement},
};

/// The version from wherever it is kept, and the row of the trail that says so. An earlier one keeps the time at which it
/// was written, and is sealed to the record's own place.
pub(crate) const VERSION: &str = concat!(
    "
    with version as materialized (
        select id, org_id, meeting_id, expert_id, version, created_at, last_modified_at,
               encrypted_content, encrypted_metadata
        from records
        where id = $11
          and version = $12
        union all
        select r.id, r.org_id, r.meeting_id, v.expert_id, v.version, r.created_at, v.last_modified_at,
               v.encrypted_content, v.encrypted_metadata
        from record_versions v
        join records r on r.id = v.record_id
        where v.record_id = $11
          and v.version = $12
          and r.version <> $12
    )
    select ",
    record_columns!(),
    ", ",
    sealed_columns!(),
    "
    from version r
    left join meetings m on m.id = r.meeting_id"
);

/// Reads the number of a version in a path: one spelling each.
pub(crate) fn parse_number(text: &str) -> Option<i32> {
    text.parse().ok().filter(|number: &i32| *number >= 1 && number.to_string() == text)
}

/// Answers with one version.
pub(crate) async fn show(app: &App, request: &Request, id: Uuid, number: i32) -> Result<Reply, Problem> {
    let session = Session::require(app, request).await?;
    let scope = app.organization(&session, Permission::RecordsRead)?;
    if request.wants_page() {
        return version_page::reply(Asked { app, session: &session, scope: &scope, request }, id, number).await;
    }
    let (viewed, visible) = (viewed(request), is_visible_parameter(&id));
    let viewed = viewed.row();
    let mut parameters = show::parameters(&viewed, &id);
    parameters.push((&number, Type::INT4));
    let statements = [Statement::new(VERSION, &parameters), keys_statement(), is_visible_statement(&visible)];
    let (membership, [rows, keys, visible]) = scope.read_recorded(statements).await?;
    let keys = OrganizationKeys::from_rows(app.master_keys()?, membership.organization_id, &keys)?;
    visible.first().ok_or_else(|| Problem::not_visible(id))?;
    let row = rows.first().ok_or_else(Problem::not_found)?;
    let record = open(&scope, request, &keys, row).await?.map_err(Broken::into_problem)?;
    Reply::json(StatusCode::OK, &record)
}

#[cfg(test)]
mod tests {
    use super::parse_number;

    #[test]
    fn f4_a_version_has_one_spelling() {
        assert_eq!((parse_number("1"), parse_number("2147483647")), (Some(1), Some(i32::MAX)));
        for odd in ["", "0", "-1", "+1", "01", "1.0", " 1", "1 ", "2147483648", "x", "١"] {
            assert_eq!(parse_number(odd), None, "{odd}");
        }
    }
}
