-- Medical records: PHI, encrypted before it comes here, of the expert who wrote it and of nobody else.
--
-- No request role deletes anything here, nothing that is deleted elsewhere reaches here, and who keeps an organization's
-- books reads nothing.

-- Data keys, wrapped by a master key that the database never sees. Without its rows an organization's PHI is unreadable.
create table org_keys (
  org_id uuid not null,
  key_no integer not null,
  wrapped_key bytea not null,
  wrapped_by text not null,
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint org_keys_pkey primary key (org_id, key_no),
  constraint org_keys_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint org_keys_key_no_check check (key_no >= 1),
  constraint org_keys_wrapped_key_check check (octet_length(wrapped_key) between 48 and 256),
  constraint org_keys_wrapped_by_check check (wrapped_by ~ '^[A-Za-z0-9_-]{1,16}$')
);

create table records (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  meeting_id uuid not null,
  expert_id text not null,
  guest_email text not null,
  encrypted_content bytea not null,
  encrypted_metadata bytea,
  version integer not null default 1,
  last_modified_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- What versions point at.
  constraint records_org_id_id_expert_id_key unique (org_id, id, expert_id),
  constraint records_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  -- The author is the meeting's expert.
  constraint records_meeting_id_fkey foreign key (org_id, meeting_id, expert_id)
    references meetings (org_id, id, workos_user_id) on delete restrict,
  constraint records_guest_email_check check (char_length(guest_email) between 3 and 320),
  -- Envelopes of 262,144 and 16,384 bytes at most.
  constraint records_encrypted_content_check check (octet_length(encrypted_content) between 30 and 262400),
  constraint records_encrypted_metadata_check check (octet_length(encrypted_metadata) between 30 and 16640),
  constraint records_version_check check (version >= 1)
);

-- An author's by time, and those of a meeting.
create index records_list_idx on records (org_id, expert_id, created_at, id);
create index records_meeting_id_idx on records (meeting_id);

-- Every earlier version.
create table record_versions (
  record_id uuid not null,
  version integer not null,
  org_id uuid not null,
  expert_id text not null,
  encrypted_content bytea not null,
  encrypted_metadata bytea,
  last_modified_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint record_versions_pkey primary key (record_id, version),
  constraint record_versions_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint record_versions_record_id_fkey foreign key (org_id, record_id, expert_id)
    references records (org_id, id, expert_id) on delete restrict,
  constraint record_versions_encrypted_content_check check (octet_length(encrypted_content) between 30 and 262400),
  constraint record_versions_encrypted_metadata_check check (octet_length(encrypted_metadata) between 30 and 16640),
  constraint record_versions_version_check check (version >= 1)
);

-- What the policies look for where no record is named.
create index record_versions_list_idx on record_versions (org_id, expert_id);

-- Keeps what an author's update replaces, so that no version is lost, and lets the version rise by one at a time. An
-- operator who encrypts anew under another key makes no version.
create function app.keep_record_version() returns trigger
language plpgsql
as $function$
begin
  if new.version <> old.version + 1 then
    raise exception 'the version of a record rises by one'
      using errcode = 'check_violation',
            schema = tg_table_schema, table = tg_table_name, column = 'version', constraint = tg_name;
  end if;
  insert into public.record_versions (
    record_id, version, org_id, expert_id, encrypted_content, encrypted_metadata, last_modified_at
  )
  values (
    old.id, old.version, old.org_id, old.expert_id, old.encrypted_content, old.encrypted_metadata, old.last_modified_at
  )
  on conflict do nothing;
  new.last_modified_at := pg_catalog.now();
  return new;
end
$function$;

-- Refuses a version that the record does not have at this moment: authors may keep what they have written, and invent
-- nothing.
create function app.check_record_version() returns trigger
language plpgsql
as $function$
begin
  if not exists (
    select
      from public.records r
     where r.id = new.record_id
       and r.version = new.version
       and r.encrypted_content = new.encrypted_content
       and r.encrypted_metadata is not distinct from new.encrypted_metadata
       and r.last_modified_at = new.last_modified_at
  ) then
    raise exception 'the record has no such version'
      using errcode = 'check_violation',
            schema = tg_table_schema, table = tg_table_name, column = 'version', constraint = tg_name;
  end if;
  return null;
end
$function$;

create trigger org_keys_touch before update on org_keys
  for each row execute function app.touch();
create trigger org_keys_org_id_immutable before update of org_id on org_keys
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();
create trigger records_keep_version before update on records
  for each row when (current_user = 'authenticated') execute function app.keep_record_version();
create trigger records_touch before update on records
  for each row execute function app.touch();
create trigger records_org_id_immutable before update of org_id on records
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();
create trigger record_versions_check after insert on record_versions
  for each row when (current_user = 'authenticated') execute function app.check_record_version();
create trigger record_versions_org_id_immutable before update of org_id on record_versions
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table org_keys enable row level security, force row level security;
alter table records enable row level security, force row level security;
alter table record_versions enable row level security, force row level security;

grant select,
      insert (org_id, key_no, wrapped_key, wrapped_by)
   on org_keys to authenticated;
-- The id is the writer's choice, because what is encrypted is sealed to it.
grant select,
      insert (id, org_id, meeting_id, expert_id, guest_email, encrypted_content, encrypted_metadata),
      update (encrypted_content, encrypted_metadata, version)
   on records to authenticated;
grant select,
      insert (record_id, version, org_id, expert_id, encrypted_content, encrypted_metadata, last_modified_at)
   on record_versions to authenticated;

create policy org_keys_tenant_select on org_keys as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy org_keys_tenant_insert on org_keys as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy org_keys_practitioner_select on org_keys
  for select to authenticated
  using ((select app.role()) in ('owner', 'admin', 'member'));
create policy org_keys_practitioner_insert on org_keys
  for insert to authenticated
  with check ((select app.role()) in ('owner', 'admin', 'member'));

create policy records_tenant_select on records as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy records_tenant_insert on records as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy records_tenant_update on records as restrictive
  for update to authenticated
  using (org_id = (select app.org_id()))
  with check (org_id = (select app.org_id()));
create policy records_author_select on records
  for select to authenticated
  using (expert_id = (select app.user_id()) and (select app.role()) in ('owner', 'admin', 'member'));
create policy records_author_insert on records
  for insert to authenticated
  with check (expert_id = (select app.user_id()) and (select app.role()) in ('owner', 'admin', 'member'));
create policy records_author_update on records
  for update to authenticated
  using (expert_id = (select app.user_id()) and (select app.role()) in ('owner', 'admin', 'member'))
  with check (expert_id = (select app.user_id()));

create policy record_versions_tenant_select on record_versions as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy record_versions_tenant_insert on record_versions as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy record_versions_author_select on record_versions
  for select to authenticated
  using (expert_id = (select app.user_id()) and (select app.role()) in ('owner', 'admin', 'member'));
create policy record_versions_author_insert on record_versions
  for insert to authenticated
  with check (expert_id = (select app.user_id()) and (select app.role()) in ('owner', 'admin', 'member'));
