//! Secrets Manager that denies or throttles.

use std::sync::atomic::Ordering;

use super::{Kept, front::in_front_of};

#[tokio::test]
async fn a_role_that_may_not_read_the_secret_is_named_as_such() {
    let kept = Kept::start("denied").await;
    let (port, _) = in_front_of(&kept, usize::MAX, "AccessDeniedException").await;
    let function = kept.function("events", "eleva", Some(port));
    function.start().await.expect_err("it cannot start");
    let log = function.logs();
    assert!(log.contains("its role lacks secretsmanager:GetSecretValue"), "{log}");
    assert!(!log.contains("assumed-role"), "AWS's message stays out: {log}");
}

#[tokio::test]
async fn throttling_is_waited_out_and_reported_when_it_lasts() {
    let kept = Kept::start("throttled").await;
    let (port, asked) = in_front_of(&kept, 2, "ThrottlingException").await;
    kept.function("events", "eleva", Some(port)).start().await.expect("the third attempt succeeds");
    assert_eq!(asked.load(Ordering::SeqCst), 3);

    let (port, _) = in_front_of(&kept, usize::MAX, "ThrottlingException").await;
    let function = kept.function("events", "eleva", Some(port));
    function.start().await.expect_err("it cannot start");
    assert!(function.logs().contains("cannot be read at the moment: ThrottlingException"), "{}", function.logs());
}
