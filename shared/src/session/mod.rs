//! Sessions: who is asking.
//!
//! 1. The session cookie is opened ([`sealed`], [`cookie`]); any changed byte ends it.
//! 2. Its limits are checked: idle time and lifetime.
//! 3. The access token in it is verified ([`token`]) against WorkOS's keys ([`jwks`]).
//! 4. With less than a minute left, it is refreshed ([`refresh`]), and the cookie sealed anew.
//!
//! There are three outcomes and never two: valid, signed out, cannot tell. What cannot be told (WorkOS or its keys out
//! of reach) is a 503 that leaves the cookies alone, so that an outage signs nobody out.

mod authenticate;
mod cookie;
mod flow;
mod jwks;
mod refresh;
mod sealed;
#[cfg(test)]
mod tampering;
mod token;
#[cfg(test)]
mod verification;

pub use authenticate::{EndingSession, NewSession, Outcome, Session};
pub use cookie::{COOKIE_NAME, Opened, SealError, SessionCookie};
pub use flow::{Flow, OfferedOrganization, Pending};
pub use jwks::{Jwks, JwksError};
pub use sealed::{Purpose, Sealer};
pub use token::{Claims, TokenError, TokenRules};
