//! Workers: what a schedule invokes, through their own binaries and the Runtime API.

mod audit_daily;
pub(crate) mod audit_export;
