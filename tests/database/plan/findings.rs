//! What is wrong with a plan.

use serde_json::Value;

use super::nodes;

/// What a plan does that grows with other organizations' rows, or is done once a row: scanning a whole table or index of
/// theirs, and sub-plans. An init plan runs once, and so is no sub-plan here.
pub(super) fn findings(plan: &Value, tenant_tables: &[String]) -> Vec<String> {
    nodes(plan).into_iter().filter_map(|node| finding(node, tenant_tables)).collect()
}

fn finding(node: &Value, tenant_tables: &[String]) -> Option<String> {
    let text = |name: &str| node[name].as_str().unwrap_or_default();
    let is_tenant_table = tenant_tables.iter().any(|table| table == text("Relation Name"));
    if text("Parent Relationship") == "SubPlan" {
        return Some(format!("{} is a sub-plan for every row", text("Subplan Name")));
    }
    match text("Node Type") {
        "Seq Scan" | "Sample Scan" | "Tid Range Scan" if is_tenant_table => {
            Some(format!("{} is scanned as a whole", text("Relation Name")))
        }
        // The index of one row.
        "Index Scan" | "Index Only Scan" if text("Index Name") == "organizations_platform_key" => None,
        "Index Scan" | "Index Only Scan" if is_tenant_table && node["Index Cond"].is_null() => {
            Some(format!("{} is scanned as a whole, for {}", text("Index Name"), text("Relation Name")))
        }
        "Bitmap Index Scan" if node["Index Cond"].is_null() => {
            Some(format!("{} is scanned as a whole", text("Index Name")))
        }
        _ => None,
    }
}
