//! PHI over the whole product: where its plaintext never is (hardening E, D8, A12). What opens where, is with the routes in
//! `records` and `meetings`, and with the format in `shared/src/phi`.

mod disk;
mod plaintext;
