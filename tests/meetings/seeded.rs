//! What `cargo dev up` books for people who look at the product.

use crate::app::TestApp;

/// How many meetings there are, and how many of them are ahead.
const BOOKED: &str =
    "select count(*), count(*) filter (where status = 'scheduled' and start_time > now()) from meetings";

#[tokio::test]
async fn meetings_are_seeded_once_and_again_when_none_is_ahead_any_more() {
    let app = TestApp::start().await;
    let mut owner = app.owner().await;
    for _ in 0..2 {
        dev::seed::seed_bookings(&mut owner).await.expect("bookings");
        let booked = owner.query_one(BOOKED, &[]).await.expect("counts");
        assert_eq!((booked.get::<_, i64>(0), booked.get::<_, i64>(1)), (5, 3));
    }
    // As if they had been seeded twenty days ago.
    let earlier = "update meetings set id = gen_random_uuid(), start_time = start_time - interval '20 days'";
    owner.batch_execute(earlier).await.expect("earlier ones");
    dev::seed::seed_bookings(&mut owner).await.expect("bookings");
    let booked = owner.query_one(BOOKED, &[]).await.expect("counts");
    assert_eq!((booked.get::<_, i64>(0), booked.get::<_, i64>(1)), (10, 3));
}
