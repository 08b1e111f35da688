//! Setting the facts of a database beside those that the migrations define.

use std::collections::BTreeMap;

use super::{
    drift::{Drift, Problem},
    fact::Fact,
    facts::Facts,
    manifest,
};

/// Kind and object, by which facts are found again.
type Subject = (String, String);

/// Every disagreement, in the order of kinds and objects.
pub(super) fn compare(defined: impl Iterator<Item = Fact>, live: Facts) -> Vec<Drift> {
    let mut expected: BTreeMap<Subject, Fact> = by_subject(defined);
    if live.auth_is_the_extension_s {
        expected.retain(|_, fact| !fact.is_of_auth());
    }
    let mut found = by_subject(live.facts.into_iter());
    for fact in found.values().filter(|fact| fact.kind == "partition") {
        expected.insert(subject(fact), manifest::partition(&fact.object));
    }
    let mut drift = Vec::new();
    for (subject, fact) in expected {
        match found.remove(&subject) {
            Some(live) => drift.extend(Drift::between(fact, live)),
            None => drift.push(Drift::missing(fact)),
        }
    }
    drift.extend(found.into_values().map(Drift::undefined));
    drift.sort_by(|one, other| (&one.kind, &one.object).cmp(&(&other.kind, &other.object)));
    without_consequences(drift)
}

/// Leaves out what goes without saying: all that a missing object had on it, and how an unknown table is built. Who may
/// do what with an unknown one is told.
fn without_consequences(drift: Vec<Drift>) -> Vec<Drift> {
    let whole: Vec<(Problem, String, String)> = drift
        .iter()
        .filter(|drift| drift.problem != Problem::Differs)
        .filter(|drift| !matches!(drift.kind.as_str(), "grant" | "column" | "policy"))
        .map(|drift| (drift.problem, drift.kind.clone(), drift.object.clone()))
        .collect();
    let goes_without_saying = |drift: &Drift| {
        whole.iter().any(|(problem, kind, name)| {
            let told_all_the_same = *problem == Problem::Undefined
                && matches!(drift.kind.as_str(), "grant" | "policy" | "trigger" | "rule");
            drift.problem == *problem && !told_all_the_same && is_on(drift, kind, name)
        })
    };
    let (_, told) = drift.into_iter().partition(goes_without_saying);
    told
}

/// Whether what the drift speaks of is a part of an object, or a right on it.
fn is_on(drift: &Drift, kind: &str, name: &str) -> bool {
    match drift.kind.as_str() {
        "column" => drift.object.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')),
        "grant" => drift.object.contains(&format!(" on {kind} {name} to ")),
        _ => drift.object.strip_suffix(name).is_some_and(|rest| rest.ends_with(" on ")),
    }
}

fn by_subject(facts: impl Iterator<Item = Fact>) -> BTreeMap<Subject, Fact> {
    facts.map(|fact| (subject(&fact), fact)).collect()
}

fn subject(fact: &Fact) -> Subject {
    (fact.kind.clone(), fact.object.clone())
}

#[cfg(test)]
mod tests {
    use super::{Fact, Facts, compare};

    fn facts(lines: &[&str]) -> Vec<Fact> {
        lines.iter().map(|line| Fact::parse(line).expect("a fact")).collect()
    }

    fn told(defined: &[&str], live: &[&str], auth_is_the_extension_s: bool) -> Vec<String> {
        let live = Facts { facts: facts(live), auth_is_the_extension_s };
        compare(facts(defined).into_iter(), live).iter().map(ToString::to_string).collect()
    }

    const EVENTS: [&str; 4] = [
        "column public.events.id: uuid",
        "grant select on table public.events to authenticated",
        "policy own on public.events: permissive",
        "table public.events: row security enabled and forced",
    ];

    #[test]
    fn the_same_is_no_drift() {
        assert_eq!(told(&EVENTS, &EVENTS, false), Vec::<String>::new());
    }

    #[test]
    fn a_missing_table_is_one_line_and_an_unknown_one_comes_with_its_rights() {
        assert_eq!(told(&EVENTS, &[], false), ["missing: table public.events: row security enabled and forced"]);
        assert_eq!(
            told(&[], &EVENTS, false),
            [
                "not defined by the migrations: grant select on table public.events to authenticated",
                "not defined by the migrations: policy own on public.events: permissive",
                "not defined by the migrations: table public.events: row security enabled and forced",
            ]
        );
        // One of the same beginning is another.
        let events_2 = ["column public.events_2.id: uuid", "policy own on public.events_2: permissive"];
        assert_eq!(told(&[&EVENTS[..], &events_2].concat(), &[], false).len(), 3);
    }

    #[test]
    fn partitions_follow_their_rule_whatever_their_names() {
        let ruled = "owned by owner; row security enabled and forced; no policy; no grant; no trigger of its own";
        assert_eq!(told(&[], &[&format!("partition public.audit_logs_2030q1: {ruled}")], false), Vec::<String>::new());
        let granted = ruled.replace("no grant", "granted to eleva_app");
        assert_eq!(
            told(&[], &[&format!("partition public.audit_logs_2030q1: {granted}")], false),
            ["differs: partition public.audit_logs_2030q1: granted to eleva_app (migrations: no grant)"]
        );
    }

    #[test]
    fn the_schema_auth_may_be_the_extension_s() {
        let stand_in = ["function auth.user_id(): stable", "schema auth: owned by owner"];
        assert_eq!(told(&stand_in, &[], true), Vec::<String>::new());
        assert_eq!(told(&stand_in, &[], false).len(), 2);
    }
}
