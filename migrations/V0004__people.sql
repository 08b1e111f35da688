-- Organizations, users and memberships, as WorkOS states them, and who may read and write them on its behalf.

-- Keeps updated_at. Every table that has the column has this trigger.
create function app.touch() returns trigger
language plpgsql
as $function$
begin
  new.updated_at := pg_catalog.now();
  return new;
end
$function$;

-- Refuses to move a row to another organization.
create function app.refuse_move() returns trigger
language plpgsql
as $function$
begin
  raise exception 'org_id of % never changes', tg_table_name
    using errcode = 'integrity_constraint_violation',
          schema = tg_table_schema, table = tg_table_name, column = 'org_id', constraint = tg_name;
end
$function$;

-- Makes an upsert wait for another one of the same key, named by the trigger's argument, until that is committed.
--
-- ON CONFLICT looks at one unique constraint only. When a person who is new here arrives twice at once, the slower
-- INSERT could pass that one and stumble over another (the e-mail address), although it is the same person.
create function app.await_upsert() returns trigger
language plpgsql
as $function$
begin
  perform pg_catalog.pg_advisory_xact_lock(
    tg_relid::integer, pg_catalog.hashtext(pg_catalog.to_jsonb(new) ->> tg_argv[0])
  );
  return new;
end
$function$;

create table organizations (
  id uuid primary key default gen_random_uuid(),
  workos_org_id text constraint organizations_workos_org_id_key unique,
  slug text not null constraint organizations_slug_key unique,
  name text not null,
  type text not null,
  timezone text not null default 'Europe/Lisbon',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint organizations_workos_org_id_check check (
    case when type = 'platform' then workos_org_id is null
         else workos_org_id is not null and char_length(workos_org_id) between 1 and 100 end
  ),
  constraint organizations_slug_check check (slug ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint organizations_name_check check (char_length(name) between 1 and 500),
  constraint organizations_type_check check (
    type in ('patient_personal', 'expert_individual', 'clinic', 'educational_institution', 'platform')
  ),
  constraint organizations_timezone_check check (char_length(timezone) between 1 and 64)
);

-- The platform itself: one row, which carries what belongs to no customer.
create unique index organizations_platform_key on organizations (type) where type = 'platform';
insert into organizations (slug, name, type) values ('platform', 'Eleva', 'platform');

create trigger organizations_touch before update on organizations
  for each row execute function app.touch();

create trigger organizations_await_upsert before insert on organizations
  for each row when (current_user = 'eleva_identity') execute function app.await_upsert('workos_org_id');

create table users (
  id uuid primary key default gen_random_uuid(),
  workos_user_id text not null constraint users_workos_user_id_key unique,
  email text not null,
  email_verified boolean not null default false,
  first_name text,
  last_name text,
  image_url text,
  country text not null default 'PT',
  stripe_customer_id text constraint users_stripe_customer_id_key unique,
  stripe_connect_account_id text constraint users_stripe_connect_account_id_key unique,
  stripe_connect_details_submitted boolean not null default false,
  stripe_connect_charges_enabled boolean not null default false,
  stripe_connect_payouts_enabled boolean not null default false,
  stripe_connect_onboarding_complete boolean not null default false,
  stripe_bank_account_last4 text,
  stripe_bank_name text,
  stripe_identity_verification_id text,
  stripe_identity_verified boolean not null default false,
  stripe_identity_verification_status text,
  stripe_identity_verification_last_checked timestamptz,
  welcome_email_sent_at timestamptz,
  onboarding_completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint users_workos_user_id_check check (char_length(workos_user_id) between 1 and 100),
  constraint users_email_check check (char_length(email) between 3 and 320),
  constraint users_first_name_check check (char_length(first_name) <= 200),
  constraint users_last_name_check check (char_length(last_name) <= 200),
  constraint users_image_url_check check (char_length(image_url) <= 2048),
  constraint users_country_check check (country ~ '^[A-Z]{2}$'),
  constraint users_stripe_bank_account_last4_check check (char_length(stripe_bank_account_last4) <= 4),
  constraint users_stripe_bank_name_check check (char_length(stripe_bank_name) <= 200),
  constraint users_stripe_identity_verification_status_check check (
    char_length(stripe_identity_verification_status) <= 100
  )
);

-- One living user per address, whatever its case.
create unique index users_email_key on users (lower(email)) where deleted_at is null;

create trigger users_touch before update on users
  for each row execute function app.touch();

create trigger users_await_upsert before insert on users
  for each row when (current_user = 'eleva_identity') execute function app.await_upsert('workos_user_id');

create table user_org_memberships (
  id uuid primary key default gen_random_uuid(),
  workos_user_id text not null,
  org_id uuid not null,
  workos_membership_id text constraint user_org_memberships_workos_membership_id_key unique,
  role text not null,
  status text not null,
  joined_at timestamptz,
  workos_updated_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_org_memberships_org_id_workos_user_id_key unique (org_id, workos_user_id),
  constraint user_org_memberships_workos_user_id_fkey
    foreign key (workos_user_id) references users (workos_user_id) on delete restrict,
  constraint user_org_memberships_org_id_fkey
    foreign key (org_id) references organizations (id) on delete restrict,
  constraint user_org_memberships_workos_membership_id_check check (
    char_length(workos_membership_id) between 1 and 100
  ),
  constraint user_org_memberships_role_check check (role in ('owner', 'admin', 'member', 'billing_admin')),
  constraint user_org_memberships_status_check check (status in ('active', 'invited', 'suspended', 'removed'))
);

-- For "where am I a member"; the unique constraint answers "who is a member here".
create index user_org_memberships_workos_user_id_idx on user_org_memberships (workos_user_id);

create trigger user_org_memberships_touch before update on user_org_memberships
  for each row execute function app.touch();
create trigger user_org_memberships_await_upsert before insert on user_org_memberships
  for each row when (current_user = 'eleva_identity') execute function app.await_upsert('workos_user_id');
create trigger user_org_memberships_org_id_immutable before update of org_id on user_org_memberships
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table organizations enable row level security, force row level security;
alter table users enable row level security, force row level security;
alter table user_org_memberships enable row level security, force row level security;

-- app.begin, app.me and app.members.
grant select on organizations, users, user_org_memberships to eleva_definer;

-- Provisioning, sessions and synchronization. What WorkOS does not own (type and slug once they are set, the Stripe
-- columns) is in no grant.
grant select,
      insert (workos_org_id, slug, name, type),
      update (name, deleted_at)
   on organizations to eleva_identity;
grant select (id, workos_user_id, email, email_verified, first_name, last_name, image_url, country,
              welcome_email_sent_at, onboarding_completed_at, created_at, updated_at, deleted_at),
      insert (workos_user_id, email, email_verified, first_name, last_name, image_url),
      update (email, email_verified, first_name, last_name, image_url, deleted_at)
   on users to eleva_identity;
grant select,
      insert (workos_user_id, org_id, workos_membership_id, role, status, joined_at, workos_updated_at),
      update (workos_membership_id, role, status, joined_at, workos_updated_at)
   on user_org_memberships to eleva_identity;

grant select (id, workos_org_id, name, timezone) on organizations to eleva_exporter;

create policy organizations_system_select on organizations
  for select to eleva_definer, eleva_identity, eleva_exporter using (true);
create policy organizations_identity_insert on organizations
  for insert to eleva_identity with check (type <> 'platform');
create policy organizations_identity_update on organizations
  for update to eleva_identity using (type <> 'platform') with check (type <> 'platform');

create policy users_system_select on users
  for select to eleva_definer, eleva_identity using (true);
create policy users_identity_insert on users
  for insert to eleva_identity with check (true);
create policy users_identity_update on users
  for update to eleva_identity using (true) with check (true);

create policy user_org_memberships_system_select on user_org_memberships
  for select to eleva_definer, eleva_identity using (true);
create policy user_org_memberships_identity_insert on user_org_memberships
  for insert to eleva_identity with check (true);
create policy user_org_memberships_identity_update on user_org_memberships
  for update to eleva_identity using (true) with check (true);
