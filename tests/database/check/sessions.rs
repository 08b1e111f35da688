//! Logging in.

use super::{Migrated, PASSWORD_SETTINGS, assert_told};

#[tokio::test]
async fn b5_b19_a_password_that_does_not_open_is_named_and_not_shown() {
    let migrated = Migrated::new().await;
    for (login, setting) in PASSWORD_SETTINGS {
        let report = migrated.check().setting(setting, "another-password").fail().await;
        let role = login.role();
        let line = format!(
            "differs: session login of {role}: cannot connect to 127.0.0.1 ({setting}): password authentication failed \
             for user \"{role}\" (SQLSTATE 28P01) (migrations: with {setting})"
        );
        assert_told(setting, &report, &[&line]);
    }
}
