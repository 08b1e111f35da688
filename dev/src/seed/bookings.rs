//! What the seeded expert offers and who has booked it: a patient among them, so that somebody can look at the product as
//! one. Tests do without: theirs begin with nothing booked.

use tokio_postgres::Client;

use crate::failure::Failure;

/// The ids are fixed, so that what is there already stays as it is.
const EVENTS: &str = "
    insert into events (id, org_id, workos_user_id, name, slug, description, duration_in_minutes, \"order\", price)
    select s.id::uuid, o.id, 'user_01SEEDEXPERT', s.name, s.slug, s.description, s.minutes, s.position, s.price
      from organizations o,
           (values
             ('5eed0000-0000-4000-8000-000000000001', 'Primeira consulta', 'primeira-consulta',
              'Anamnese e um plano.', 50, 0, 6000),
             ('5eed0000-0000-4000-8000-000000000002', 'Acompanhamento', 'acompanhamento', null, 30, 1, 4000)
           ) as s (id, name, slug, description, minutes, position, price)
     where o.workos_org_id = 'org_01SEEDPRACTICE'
    on conflict do nothing";

/// On days counted from today, by the clocks of Lisbon, whenever nothing is ahead of the expert. The ids say the day: what
/// an earlier seeding booked stays beside.
const MEETINGS: &str = "
    insert into meetings (id, org_id, event_id, workos_user_id, guest_workos_user_id, guest_org_id, guest_email,
                          guest_name, start_time, timezone, status, meeting_url)
    select ('5eed0000-0000-4000-80' || s.number || '-0000' || to_char(current_date + s.day, 'YYYYMMDD'))::uuid,
           e.org_id, e.id, e.workos_user_id, g.workos_user_id, g.org_id, s.guest_email, s.guest_name,
           (current_date + s.day + s.hour) at time zone 'Europe/Lisbon', 'Europe/Lisbon', s.status, s.meeting_url
      from (values
             ('11', '5eed0000-0000-4000-8000-000000000001', -14, time '10:00',
              'completed', 'patient@eleva.example', 'Rita Marques', null),
             ('12', '5eed0000-0000-4000-8000-000000000002', -3, time '16:30',
              'no_show', 'nuno@guests.example', 'Nuno Pinto', null),
             ('13', '5eed0000-0000-4000-8000-000000000002', 2, time '10:00',
              'scheduled', 'patient@eleva.example', 'Rita Marques', 'https://meet.example/rita'),
             ('14', '5eed0000-0000-4000-8000-000000000001', 2, time '11:30',
              'scheduled', 'nuno@guests.example', 'Nuno Pinto', null),
             ('15', '5eed0000-0000-4000-8000-000000000002', 9, time '09:00',
              'scheduled', 'lia@guests.example', 'Lia Sousa', null)
           ) as s (number, event_id, day, hour, status, guest_email, guest_name, meeting_url)
      join events e on e.id = s.event_id::uuid
      left join lateral (
             select u.workos_user_id, m.org_id
               from users u
               join user_org_memberships m on m.workos_membership_id = 'om_01SEEDPATIENT'
              where u.workos_user_id = 'user_01SEEDPATIENT'
                and u.email = s.guest_email
           ) g on true
     where not exists (
             select from meetings m
              where m.workos_user_id = 'user_01SEEDEXPERT'
                and m.status = 'scheduled'
                and m.start_time > now()
           )
    on conflict do nothing";

/// Adds what is missing to a seeded database, as its owner.
pub async fn seed(owner: &mut Client) -> Result<(), Failure> {
    insert(owner).await.map_err(Failure::database("seed bookings"))
}

async fn insert(owner: &mut Client) -> Result<(), tokio_postgres::Error> {
    let transaction = owner.transaction().await?;
    transaction.execute(EVENTS, &[]).await?;
    transaction.execute(MEETINGS, &[]).await?;
    transaction.commit().await
}
