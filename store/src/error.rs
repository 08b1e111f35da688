//! Why something could not be written or read.

/// Why something could not be written or read. Reasons are codes and phrases of ours: what AWS says may quote keys and
/// roles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another file is at the key.
    #[error("another file is there")]
    Exists,
    /// It is refused, and will be until somebody changes something.
    #[error("it is refused: {0}")]
    Denied(String),
    /// It fails at the moment, after several attempts.
    #[error("it is not possible at the moment: {0}")]
    Unavailable(String),
    /// There is no such upload, or it lacks a part that is named: it is to be begun anew.
    #[error("the upload is gone")]
    NoUpload,
}

impl StoreError {
    /// What it is, in one word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exists => "store_exists",
            Self::Denied(_) => "store_denied",
            Self::Unavailable(_) => "store_unavailable",
            Self::NoUpload => "store_no_upload",
        }
    }
}
