-- Bookings: meetings of an expert and a guest, and slots that are held while a guest pays.

-- An event's children carry its expert too, and point at all three: no booking can name another expert than the one
-- whose event it is.
alter table events
  drop constraint events_org_id_id_key,
  add constraint events_org_id_id_workos_user_id_key unique (org_id, id, workos_user_id);

create table slot_reservations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  event_id uuid not null,
  workos_user_id text not null,
  guest_email text not null,
  start_time timestamptz not null,
  end_time timestamptz not null,
  expires_at timestamptz not null,
  stripe_payment_intent_id text constraint slot_reservations_stripe_payment_intent_id_key unique,
  stripe_session_id text constraint slot_reservations_stripe_session_id_key unique,
  gentle_reminder_sent_at timestamptz,
  urgent_reminder_sent_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint slot_reservations_event_id_start_time_key unique (event_id, start_time),
  constraint slot_reservations_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint slot_reservations_event_id_fkey foreign key (org_id, event_id, workos_user_id)
    references events (org_id, id, workos_user_id) on delete restrict,
  constraint slot_reservations_guest_email_check check (char_length(guest_email) between 3 and 320),
  constraint slot_reservations_end_time_check check (end_time > start_time),
  constraint slot_reservations_stripe_payment_intent_id_check check (char_length(stripe_payment_intent_id) <= 255),
  constraint slot_reservations_stripe_session_id_check check (char_length(stripe_session_id) <= 255)
);

-- An expert's reservations by time.
create index slot_reservations_list_idx on slot_reservations (org_id, workos_user_id, start_time);

create table meetings (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  event_id uuid not null,
  workos_user_id text not null,
  guest_workos_user_id text,
  guest_org_id uuid,
  guest_email text not null,
  guest_name text not null,
  encrypted_guest_notes bytea,
  start_time timestamptz not null,
  end_time timestamptz not null,
  timezone text not null,
  meeting_url text,
  status text not null default 'scheduled',
  price integer not null,
  currency text not null,
  stripe_payment_intent_id text constraint meetings_stripe_payment_intent_id_key unique,
  stripe_session_id text constraint meetings_stripe_session_id_key unique,
  stripe_payment_status text not null default 'pending',
  stripe_amount integer,
  stripe_application_fee_amount integer,
  stripe_transfer_id text constraint meetings_stripe_transfer_id_key unique,
  stripe_transfer_amount integer,
  stripe_transfer_status text,
  stripe_transfer_scheduled_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- What records point at: theirs is the meeting's expert.
  constraint meetings_org_id_id_workos_user_id_key unique (org_id, id, workos_user_id),
  constraint meetings_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint meetings_event_id_fkey foreign key (org_id, event_id, workos_user_id)
    references events (org_id, id, workos_user_id) on delete restrict,
  constraint meetings_guest_workos_user_id_fkey foreign key (guest_workos_user_id)
    references users (workos_user_id) on delete restrict,
  constraint meetings_guest_org_id_fkey foreign key (guest_org_id) references organizations (id) on delete restrict,
  constraint meetings_guest_email_check check (char_length(guest_email) between 3 and 320),
  constraint meetings_guest_name_check check (char_length(guest_name) between 1 and 200),
  -- An envelope of at most 5,000 characters.
  constraint meetings_encrypted_guest_notes_check check (octet_length(encrypted_guest_notes) between 30 and 20480),
  constraint meetings_end_time_check check (end_time > start_time),
  constraint meetings_timezone_check check (app.is_time_zone(timezone)),
  constraint meetings_meeting_url_check check (char_length(meeting_url) <= 2048 and meeting_url ~ '^https://[^\s]+$'),
  constraint meetings_status_check check (status in ('scheduled', 'completed', 'cancelled', 'no_show')),
  constraint meetings_price_check check (price >= 0),
  constraint meetings_currency_check check (currency ~ '^[a-z]{3}$'),
  constraint meetings_stripe_payment_intent_id_check check (char_length(stripe_payment_intent_id) <= 255),
  constraint meetings_stripe_session_id_check check (char_length(stripe_session_id) <= 255),
  constraint meetings_stripe_payment_status_check check (
    stripe_payment_status in ('pending', 'processing', 'succeeded', 'failed', 'refunded')
  ),
  constraint meetings_stripe_amount_check check (stripe_amount >= 0),
  constraint meetings_stripe_application_fee_amount_check check (stripe_application_fee_amount >= 0),
  constraint meetings_stripe_transfer_id_check check (char_length(stripe_transfer_id) <= 255),
  constraint meetings_stripe_transfer_amount_check check (stripe_transfer_amount >= 0),
  constraint meetings_stripe_transfer_status_check check (
    stripe_transfer_status in ('pending', 'processing', 'succeeded', 'failed')
  ),
  -- Of all the organizations that an expert works in.
  constraint meetings_no_overlap exclude using gist (
    workos_user_id with =,
    tstzrange(start_time, end_time) with &&
  ) where (status = 'scheduled')
);

-- An organization's by time; a guest's by time, in whatever organization; and whether an event has any.
create index meetings_list_idx on meetings (org_id, start_time, id);
create index meetings_guest_idx on meetings (guest_workos_user_id, start_time, id)
  where guest_workos_user_id is not null;
create index meetings_event_id_idx on meetings (event_id);

-- Takes end, price and currency from the event where the booking does not state them, and keeps the length of a meeting
-- whose start is moved.
--
-- Bookings of one expert wait for one another. Two that meet in an exclusion constraint each insert first and look
-- then, and would wait for each other until one is chosen as a deadlock's victim, without having been told of an overlap.
-- That holds for a booking a transaction; one that books for several experts may still meet another in a deadlock.
create function app.book_meeting() returns trigger
language plpgsql
as $function$
declare
  event record;
begin
  if tg_op = 'INSERT' then
    select e.duration_in_minutes, e.price, e.currency
      into event
      from public.events e
     where e.org_id = new.org_id and e.id = new.event_id;
    new.end_time := coalesce(
      new.end_time, new.start_time + pg_catalog.make_interval(mins => event.duration_in_minutes)
    );
    new.price := coalesce(new.price, event.price);
    new.currency := coalesce(new.currency, event.currency);
  elsif new.start_time <> old.start_time and new.end_time = old.end_time then
    new.end_time := new.start_time + (old.end_time - old.start_time);
  end if;
  if new.status = 'scheduled' then
    perform pg_catalog.pg_advisory_xact_lock(tg_relid::integer, pg_catalog.hashtext(new.workos_user_id));
  end if;
  return new;
end
$function$;

create trigger slot_reservations_touch before update on slot_reservations
  for each row execute function app.touch();
create trigger slot_reservations_org_id_immutable before update of org_id on slot_reservations
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();
create trigger meetings_book before insert or update of workos_user_id, start_time, end_time, status on meetings
  for each row execute function app.book_meeting();
create trigger meetings_touch before update on meetings
  for each row execute function app.touch();
create trigger meetings_org_id_immutable before update of org_id on meetings
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table slot_reservations enable row level security, force row level security;
alter table meetings enable row level security, force row level security;

grant select,
      insert (org_id, event_id, workos_user_id, guest_email, start_time, end_time, expires_at),
      delete
   on slot_reservations to authenticated;

-- Guest notes are PHI: written with the booking, under an id that the writer chose because they are sealed to it, and in
-- no SELECT grant. What is paid and who the guest is, is not for requests to say.
grant select (id, org_id, event_id, workos_user_id, guest_workos_user_id, guest_org_id, guest_email, guest_name,
              start_time, end_time, timezone, meeting_url, status, price, currency, stripe_payment_intent_id,
              stripe_session_id, stripe_payment_status, stripe_amount, stripe_application_fee_amount,
              stripe_transfer_id, stripe_transfer_amount, stripe_transfer_status, stripe_transfer_scheduled_at,
              created_at, updated_at),
      insert (id, org_id, event_id, workos_user_id, guest_email, guest_name, encrypted_guest_notes, start_time,
              timezone, meeting_url),
      update (start_time, meeting_url, status)
   on meetings to authenticated;

-- The guest's link, once they have shown that the address is theirs.
grant select (id, guest_email, guest_workos_user_id, guest_org_id),
      update (guest_workos_user_id, guest_org_id)
   on meetings to eleva_identity;

-- The expert's own alone.
create policy slot_reservations_tenant_select on slot_reservations as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy slot_reservations_tenant_insert on slot_reservations as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy slot_reservations_tenant_delete on slot_reservations as restrictive
  for delete to authenticated
  using (org_id = (select app.org_id()));
create policy slot_reservations_expert_select on slot_reservations
  for select to authenticated
  using (workos_user_id = (select app.user_id()));
create policy slot_reservations_expert_insert on slot_reservations
  for insert to authenticated
  with check (workos_user_id = (select app.user_id()));
create policy slot_reservations_expert_delete on slot_reservations
  for delete to authenticated
  using (workos_user_id = (select app.user_id()));

-- A guest's own meetings lie in the experts' organizations: reading reaches there, writing does not. Whoever keeps an
-- organization's books has no business with its meetings.
create policy meetings_tenant_select on meetings as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()) or guest_workos_user_id = (select app.user_id()));
create policy meetings_tenant_insert on meetings as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy meetings_tenant_update on meetings as restrictive
  for update to authenticated
  using (org_id = (select app.org_id()))
  with check (org_id = (select app.org_id()));
create policy meetings_member_select on meetings
  for select to authenticated
  using ((select app.role()) in ('owner', 'admin', 'member') or guest_workos_user_id = (select app.user_id()));
create policy meetings_expert_insert on meetings
  for insert to authenticated
  with check (
    (select app.role()) in ('owner', 'admin')
    or (select app.role()) = 'member' and workos_user_id = (select app.user_id())
  );
create policy meetings_expert_update on meetings
  for update to authenticated
  using (
    (select app.role()) in ('owner', 'admin')
    or (select app.role()) = 'member' and workos_user_id = (select app.user_id())
  )
  with check ((select app.role()) in ('owner', 'admin') or workos_user_id = (select app.user_id()));

-- A meeting is claimed once.
create policy meetings_identity_select on meetings
  for select to eleva_identity
  using (true);
create policy meetings_identity_update on meetings
  for update to eleva_identity
  using (guest_workos_user_id is null)
  with check (true);
