//! Why an export failed, for people: what happened, by the code that the worker left, and what to do about it.

/// What is to be done about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// To ask for another one, which is likely to succeed.
    AskAgain,
    /// To have it mended, by whoever runs the product. Until then every export fails.
    HaveItMended,
    /// To have the trail itself looked at.
    HaveTheLogVerified,
}

/// A failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What happened.
    pub(crate) what: &'static str,
    pub(crate) remedy: Remedy,
}

impl Failure {
    /// The failure of a code; of one that nobody knows, that there was one.
    pub(crate) fn of(code: Option<&str>) -> Self {
        let (what, remedy) = match code.unwrap_or_default() {
            "chain_broken" => (
                "The chain of the audit log is broken: an entry is missing, or was changed.",
                Remedy::HaveTheLogVerified,
            ),
            "database_unavailable" => {
                ("The database did not give its entries, although they were asked for repeatedly.", Remedy::AskAgain)
            }
            "internal" => ("One of its entries cannot be written, which is a defect of Eleva.", Remedy::HaveItMended),
            "interrupted" => ("It was begun anew several times, since Eleva was changed meanwhile.", Remedy::AskAgain),
            "store_denied" => ("Its files may not be stored.", Remedy::HaveItMended),
            "store_exists" => ("Another file lies where its own were to lie.", Remedy::AskAgain),
            "store_no_upload" => ("What was stored of it was gone, repeatedly, before it was whole.", Remedy::AskAgain),
            "store_unavailable" => {
                ("Its files could not be stored, although that was tried repeatedly.", Remedy::AskAgain)
            }
            "worker_lost" => ("It was begun several times, and never got anywhere.", Remedy::AskAgain),
            _ => ("It could not be made.", Remedy::AskAgain),
        };
        Self { what, remedy }
    }
}
