//! Lists: <https://workos.com/docs/reference/pagination>.

use serde_json::{Value, json};

use super::{parameters::Parameters, refusal::Refusal};

/// The longest page, and the length of one when nothing is said.
const LIMITS: (usize, usize) = (100, 10);

/// One page of objects, each with its id, which come in the order of their creation. `order` is `desc` by default:
/// newest first.
pub(super) fn page(objects: Vec<(String, Value)>, parameters: &Parameters) -> Result<Value, Refusal> {
    let (longest, usual) = LIMITS;
    let limit = match parameters.get("limit").map(str::parse) {
        None => usual,
        Some(Ok(limit)) if (1..=longest).contains(&limit) => limit,
        Some(_) => return Err(Refusal::invalid_parameters(&[("limit", "must be an integer from 1 to 100")])),
    };
    let mut objects = objects;
    match parameters.get("order") {
        None | Some("desc" | "normal") => objects.reverse(),
        Some("asc") => {}
        Some(_) => return Err(Refusal::invalid_parameters(&[("order", "must be asc, desc or normal")])),
    }
    let position = |id: &str| objects.iter().position(|(known, _)| known == id);
    let (start, end) = match (parameters.get("after"), parameters.get("before")) {
        (Some(after), _) => {
            let start = position(after).map_or(objects.len(), |position| position + 1);
            (start, objects.len().min(start + limit))
        }
        (None, Some(before)) => {
            let end = position(before).unwrap_or(0);
            (end.saturating_sub(limit), end)
        }
        (None, None) => (0, objects.len().min(limit)),
    };
    let shown = &objects[start..end];
    let before = shown.first().filter(|_| start > 0).map(|(id, _)| id);
    let after = shown.last().filter(|_| end < objects.len()).map(|(id, _)| id);
    let data: Vec<&Value> = shown.iter().map(|(_, object)| object).collect();
    Ok(json!({ "object": "list", "data": data, "list_metadata": { "before": before, "after": after } }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::page;
    use crate::workos::parameters::Parameters;

    fn listed(query: &str) -> Value {
        let objects = ["a", "b", "c", "d"].map(|id| (id.to_owned(), json!(id))).to_vec();
        page(objects, &Parameters::parse(query.as_bytes())).unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    #[test]
    fn pages_lead_to_one_another() {
        let first = listed("limit=3");
        assert_eq!(first["data"], json!(["d", "c", "b"]));
        assert_eq!(first["list_metadata"], json!({ "before": null, "after": "b" }));
        let second = listed("limit=3&after=b");
        assert_eq!(second["data"], json!(["a"]));
        assert_eq!(second["list_metadata"], json!({ "before": "a", "after": null }));
        assert_eq!(listed("limit=2&before=a")["data"], json!(["c", "b"]));
        assert_eq!(listed("order=asc&limit=1")["data"], json!(["a"]));
    }

    #[test]
    fn odd_parameters_are_refused() {
        for query in ["limit=0", "limit=101", "limit=x", "order=up"] {
            assert!(page(Vec::new(), &Parameters::parse(query.as_bytes())).is_err(), "{query}");
        }
    }
}
