-- Sessions that ended before their tokens did, refreshes in progress, and the events received from WorkOS.

create table revoked_sessions (
  sid text primary key,
  workos_user_id text not null,
  revoked_at timestamptz not null default now(),
  constraint revoked_sessions_sid_check check (char_length(sid) between 1 and 100),
  constraint revoked_sessions_workos_user_id_check check (char_length(workos_user_id) between 1 and 100)
);

-- Who refreshes a session, and what came of it. Tokens are never stored: the row is found by the hash of (refresh
-- token, organization), and the result is sealed with that hash as additional data.
create table session_refreshes (
  token_hash bytea primary key,
  lease_id uuid not null,
  leased_until timestamptz not null,
  sealed_result bytea,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint session_refreshes_token_hash_check check (octet_length(token_hash) = 32),
  constraint session_refreshes_sealed_result_check check (octet_length(sealed_result) between 1 and 16384)
);

create trigger session_refreshes_touch before update on session_refreshes
  for each row execute function app.touch();

create table workos_events (
  id text primary key,
  type text not null,
  received_at timestamptz not null default now(),
  applied_at timestamptz,
  constraint workos_events_id_check check (char_length(id) between 1 and 100),
  constraint workos_events_type_check check (char_length(type) between 1 and 100)
);

alter table revoked_sessions enable row level security, force row level security;
alter table session_refreshes enable row level security, force row level security;
alter table workos_events enable row level security, force row level security;

grant select on revoked_sessions to eleva_definer;
grant select, insert (sid, workos_user_id) on revoked_sessions to eleva_identity;
grant select, insert, update, delete on session_refreshes to eleva_definer;
grant select, insert (id, type), update (applied_at) on workos_events to eleva_identity;

create policy revoked_sessions_system_select on revoked_sessions
  for select to eleva_definer, eleva_identity using (true);
create policy revoked_sessions_identity_insert on revoked_sessions
  for insert to eleva_identity with check (true);

create policy session_refreshes_definer_select on session_refreshes
  for select to eleva_definer using (true);
create policy session_refreshes_definer_insert on session_refreshes
  for insert to eleva_definer with check (true);
create policy session_refreshes_definer_update on session_refreshes
  for update to eleva_definer using (true) with check (true);
create policy session_refreshes_definer_delete on session_refreshes
  for delete to eleva_definer using (true);

create policy workos_events_identity_select on workos_events
  for select to eleva_identity using (true);
create policy workos_events_identity_insert on workos_events
  for insert to eleva_identity with check (true);
create policy workos_events_identity_update on workos_events
  for update to eleva_identity using (true) with check (true);
