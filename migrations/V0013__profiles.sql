-- What the public sees: categories, experts' profiles, and the active events of published ones. And the agreements that
-- experts accept before they practise.

create table categories (
  id uuid primary key default gen_random_uuid(),
  name text not null constraint categories_name_key unique,
  description text,
  image text,
  parent_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint categories_parent_id_fkey foreign key (parent_id) references categories (id) on delete restrict,
  constraint categories_name_check check (char_length(name) between 1 and 200),
  constraint categories_description_check check (char_length(description) <= 2000),
  constraint categories_image_check check (char_length(image) <= 2048),
  constraint categories_parent_id_check check (parent_id <> id)
);

create table profiles (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  workos_user_id text not null constraint profiles_workos_user_id_key unique,
  profile_picture text,
  first_name text not null,
  last_name text not null,
  headline text,
  short_bio text,
  long_bio text,
  primary_category_id uuid,
  secondary_category_id uuid,
  social_links jsonb not null default '[]',
  is_verified boolean not null default false,
  is_top_expert boolean not null default false,
  published boolean not null default false,
  "order" integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint profiles_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint profiles_workos_user_id_fkey foreign key (org_id, workos_user_id)
    references user_org_memberships (org_id, workos_user_id) on delete restrict,
  constraint profiles_primary_category_id_fkey foreign key (primary_category_id)
    references categories (id) on delete restrict,
  constraint profiles_secondary_category_id_fkey foreign key (secondary_category_id)
    references categories (id) on delete restrict,
  constraint profiles_profile_picture_check check (char_length(profile_picture) <= 2048),
  constraint profiles_first_name_check check (char_length(first_name) between 1 and 200),
  constraint profiles_last_name_check check (char_length(last_name) between 1 and 200),
  constraint profiles_headline_check check (char_length(headline) <= 200),
  constraint profiles_short_bio_check check (char_length(short_bio) <= 160),
  constraint profiles_long_bio_check check (char_length(long_bio) <= 2000),
  -- An array of {name, url}, as many as there are networks.
  constraint profiles_social_links_check check (
    jsonb_typeof(social_links) = 'array'
    and jsonb_array_length(social_links) <= 5
    and octet_length(social_links::text) <= 8192
    and jsonb_array_length(social_links) = jsonb_array_length(jsonb_path_query_array(
      social_links,
      'strict $[*] ? (
        @.type() == "object"
        && (@.name == "instagram" || @.name == "twitter" || @.name == "linkedin" || @.name == "youtube"
            || @.name == "tiktok")
        && @.url like_regex "^https://[^[:space:]]+$"
        && !exists(@.keyvalue() ? (@.key != "name" && @.key != "url"))
      )',
      silent => true
    ))
  )
);

-- An organization's.
create index profiles_org_id_idx on profiles (org_id);

create table practitioner_agreements (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  workos_user_id text not null,
  version text not null,
  accepted_at timestamptz not null default now(),
  ip_address inet,
  metadata jsonb,
  created_at timestamptz not null default now(),
  constraint practitioner_agreements_org_id_fkey
    foreign key (org_id) references organizations (id) on delete restrict,
  constraint practitioner_agreements_workos_user_id_fkey foreign key (org_id, workos_user_id)
    references user_org_memberships (org_id, workos_user_id) on delete restrict,
  constraint practitioner_agreements_version_check check (char_length(version) between 1 and 50),
  constraint practitioner_agreements_metadata_check check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 16384
  )
);

-- What somebody accepted, in its order.
create index practitioner_agreements_list_idx on practitioner_agreements (org_id, workos_user_id, accepted_at);

create trigger categories_touch before update on categories
  for each row execute function app.touch();
create trigger profiles_touch before update on profiles
  for each row execute function app.touch();
create trigger profiles_org_id_immutable before update of org_id on profiles
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();
create trigger practitioner_agreements_org_id_immutable before update of org_id on practitioner_agreements
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table categories enable row level security, force row level security;
alter table profiles enable row level security, force row level security;
alter table practitioner_agreements enable row level security, force row level security;

grant usage on schema public to anonymous;

grant select on categories to authenticated, anonymous;
-- Whether somebody is verified, or among the best, they do not say themselves.
grant select,
      insert (org_id, workos_user_id, profile_picture, first_name, last_name, headline, short_bio, long_bio,
              primary_category_id, secondary_category_id, social_links, published, "order"),
      update (profile_picture, first_name, last_name, headline, short_bio, long_bio, primary_category_id,
              secondary_category_id, social_links, published, "order")
   on profiles to authenticated;
grant select on profiles to anonymous;
grant select (id, org_id, workos_user_id, name, slug, description, duration_in_minutes, is_active, "order", price,
              currency)
   on events to anonymous;
grant select,
      insert (org_id, workos_user_id, version, ip_address, metadata)
   on practitioner_agreements to authenticated;

create policy categories_member_select on categories
  for select to authenticated
  using (true);
create policy categories_public_select on categories
  for select to anonymous
  using (true);

create policy profiles_tenant_select on profiles as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy profiles_tenant_insert on profiles as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy profiles_tenant_update on profiles as restrictive
  for update to authenticated
  using (org_id = (select app.org_id()))
  with check (org_id = (select app.org_id()));
create policy profiles_member_select on profiles
  for select to authenticated
  using (true);
create policy profiles_self_insert on profiles
  for insert to authenticated
  with check (workos_user_id = (select app.user_id()));
create policy profiles_self_update on profiles
  for update to authenticated
  using (workos_user_id = (select app.user_id()))
  with check (workos_user_id = (select app.user_id()));

create policy profiles_public_select on profiles
  for select to anonymous
  using (published);

-- The sub-query names no column of the event's row and so runs once; it sees published profiles only.
create policy events_public_select on events
  for select to anonymous
  using (is_active and (org_id, workos_user_id) in (select p.org_id, p.workos_user_id from profiles p));

create policy practitioner_agreements_tenant_select on practitioner_agreements as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy practitioner_agreements_tenant_insert on practitioner_agreements as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy practitioner_agreements_self_select on practitioner_agreements
  for select to authenticated
  using (workos_user_id = (select app.user_id()));
create policy practitioner_agreements_self_insert on practitioner_agreements
  for insert to authenticated
  with check (workos_user_id = (select app.user_id()));
