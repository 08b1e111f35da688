//! Names of the trail, as people read them.

use eleva::audit::{Action, Category, ResourceType};

/// An action: `Event created`.
pub(crate) fn action(action: &Action) -> String {
    action_name(action.as_str())
}

/// An action, by its name in the trail.
pub(crate) fn action_name(name: &str) -> String {
    let words = name.split('_').map(|word| match word {
        "GDPR" => word.to_owned(),
        "ORG" => "organization".to_owned(),
        word => word.to_ascii_lowercase(),
    });
    capitalized(&words.collect::<Vec<_>>().join(" "))
}

/// A type of resource: `Medical record`.
pub(crate) fn resource_type(kind: &ResourceType) -> String {
    resource_type_name(kind.as_str())
}

/// A type of resource, by its name in the trail.
pub(crate) fn resource_type_name(name: &str) -> String {
    capitalized(&name.replace('_', " "))
}

/// A category: `Records`.
pub(crate) fn category(category: &Category) -> String {
    capitalized(category.as_str())
}

/// How an action ended.
pub(crate) fn outcome(outcome: &str) -> String {
    capitalized(outcome)
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use eleva::audit::{Action, ResourceType};

    use super::{action, resource_type};

    #[test]
    fn names_read_well() {
        let named = [
            (Action::EventCreated, "Event created"),
            (Action::OrgMemberRoleChanged, "Organization member role changed"),
            (Action::GdprDataRequest, "GDPR data request"),
            (Action::AuditLogViewed, "Audit log viewed"),
        ];
        for (kind, text) in named {
            assert_eq!(action(&kind), text);
        }
        assert_eq!(resource_type(&ResourceType::MedicalRecord), "Medical record");
    }
}
