//! Where a row comes from that stands in another organization's chain than it was written to: its hash holds there.

use uuid::Uuid;

use super::{finding::Kind, row::Malformed, row::Row, suspect::Diagnosis};
use crate::audit::organization::Organization;

/// How many missing rows of each chain are tried.
const MOST_TRIED: i64 = 10_000;

/// Looks for where the strays among the findings come from, and says so in them. Gives the organization, for those for
/// which there is one.
pub(super) fn find(
    diagnoses: &mut [(Organization, Diagnosis)],
    organizations: &[Organization],
) -> Result<Vec<Option<Uuid>>, Malformed> {
    let missing: Vec<(Uuid, i64, i64)> = diagnoses
        .iter()
        .filter(|(_, diagnosis)| diagnosis.discovery.kind == Kind::Missing)
        .map(|(organization, diagnosis)| (organization.id, diagnosis.discovery.seq, diagnosis.discovery.last_seq))
        .collect();
    diagnoses
        .iter_mut()
        .map(|(organization, diagnosis)| {
            let Some(message) = &diagnosis.stray else { return Ok(None) };
            let row = Row::parse(message)?;
            let Some((from, seq)) = origin_of(&row, organization.id, organizations, &missing) else { return Ok(None) };
            diagnosis.discovery.kind = Kind::Moved;
            diagnosis.discovery.reason = format!("it is row {seq} of {from}");
            Ok(Some(from))
        })
        .collect()
}

/// The organization and the place for which a row's hash holds: the place that it has, or one that is missing there.
fn origin_of(
    row: &Row<'_>,
    org_id: Uuid,
    organizations: &[Organization],
    missing: &[(Uuid, i64, i64)],
) -> Option<(Uuid, i64)> {
    let same_place = organizations.iter().map(|organization| (organization.id, row.header.seq));
    let lost = missing.iter().flat_map(|&(org_id, first_seq, last_seq)| {
        (first_seq..=last_seq.min(first_seq.saturating_add(MOST_TRIED))).map(move |seq| (org_id, seq))
    });
    let others = same_place.chain(lost).filter(|(other, _)| *other != org_id);
    others.into_iter().find(|&(org_id, seq)| row.would_be_intact(org_id, seq))
}
