-- What goes between WorkOS and us: how far its events are read, and what its audit log is still to be told.

create table workos_cursor (
  singleton boolean primary key default true,
  -- The Events API gives what came after this one; null before the first.
  after_event_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint workos_cursor_singleton_check check (singleton),
  constraint workos_cursor_after_event_id_check check (char_length(after_event_id) between 1 and 100)
);

create table workos_audit_outbox (
  -- The idempotency key: a row that is sent twice is one event at WorkOS.
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  event jsonb not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  sent_at timestamptz,
  error_code text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint workos_audit_outbox_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint workos_audit_outbox_event_check check (
    jsonb_typeof(event) = 'object' and octet_length(event::text) <= 65536
  ),
  constraint workos_audit_outbox_attempts_check check (attempts >= 0),
  constraint workos_audit_outbox_error_code_check check (char_length(error_code) between 1 and 100)
);

-- What is still to be sent.
create index workos_audit_outbox_queue_idx on workos_audit_outbox (next_attempt_at) where sent_at is null;

create trigger workos_cursor_touch before update on workos_cursor
  for each row execute function app.touch();
create trigger workos_audit_outbox_touch before update on workos_audit_outbox
  for each row execute function app.touch();
create trigger workos_audit_outbox_org_id_immutable before update of org_id on workos_audit_outbox
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table workos_cursor enable row level security, force row level security;
alter table workos_audit_outbox enable row level security, force row level security;

grant select, insert (after_event_id), update (after_event_id) on workos_cursor to eleva_identity;
grant select, update (attempts, next_attempt_at, sent_at, error_code) on workos_audit_outbox to eleva_identity;
grant insert (org_id, event) on workos_audit_outbox to eleva_exporter;

create policy workos_cursor_identity_select on workos_cursor
  for select to eleva_identity
  using (true);
create policy workos_cursor_identity_insert on workos_cursor
  for insert to eleva_identity
  with check (true);
create policy workos_cursor_identity_update on workos_cursor
  for update to eleva_identity
  using (true)
  with check (true);

create policy workos_audit_outbox_identity_select on workos_audit_outbox
  for select to eleva_identity
  using (true);
create policy workos_audit_outbox_identity_update on workos_audit_outbox
  for update to eleva_identity
  using (true)
  with check (true);
create policy workos_audit_outbox_exporter_insert on workos_audit_outbox
  for insert to eleva_exporter
  with check (org_id = (select app.export_org_id()));
