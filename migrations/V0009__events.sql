-- Events: the services that an expert offers for booking.

create table events (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  workos_user_id text not null,
  name text not null,
  slug text not null,
  description text,
  duration_in_minutes integer not null,
  is_active boolean not null default true,
  "order" integer not null default 0,
  price integer not null default 0,
  currency text not null default 'eur',
  stripe_product_id text,
  stripe_price_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint events_org_id_slug_key unique (org_id, slug),
  -- What children point at, so that none can hang under another organization's event.
  constraint events_org_id_id_key unique (org_id, id),
  constraint events_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  -- The expert has, or had, a membership in the event's organization: an owner may make events for others, not for
  -- strangers.
  constraint events_workos_user_id_fkey foreign key (org_id, workos_user_id)
    references user_org_memberships (org_id, workos_user_id) on delete restrict,
  constraint events_name_check check (char_length(name) between 1 and 200),
  constraint events_slug_check check (char_length(slug) between 1 and 100 and slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint events_description_check check (char_length(description) <= 5000),
  constraint events_duration_in_minutes_check check (duration_in_minutes between 1 and 720),
  constraint events_price_check check (price >= 0),
  constraint events_currency_check check (currency ~ '^[a-z]{3}$'),
  constraint events_stripe_product_id_check check (char_length(stripe_product_id) <= 255),
  constraint events_stripe_price_id_check check (char_length(stripe_price_id) <= 255)
);

-- The order of the list, and an expert's own.
create index events_list_idx on events (org_id, workos_user_id, "order", created_at, id);

create trigger events_touch before update on events
  for each row execute function app.touch();
create trigger events_org_id_immutable before update of org_id on events
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table events enable row level security, force row level security;

grant select,
      insert (org_id, workos_user_id, name, slug, description, duration_in_minutes, is_active, "order", price,
              currency),
      update (name, slug, description, duration_in_minutes, is_active, "order", price, currency),
      delete
   on events to authenticated;

create policy events_tenant_select on events as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy events_tenant_insert on events as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy events_tenant_update on events as restrictive
  for update to authenticated
  using (org_id = (select app.org_id()))
  with check (org_id = (select app.org_id()));
create policy events_tenant_delete on events as restrictive
  for delete to authenticated
  using (org_id = (select app.org_id()));

-- Members read all; each writes their own, owners and administrators everybody's.
create policy events_member_select on events
  for select to authenticated
  using (true);
create policy events_expert_insert on events
  for insert to authenticated
  with check (workos_user_id = (select app.user_id()) or (select app.role()) in ('owner', 'admin'));
create policy events_expert_update on events
  for update to authenticated
  using (workos_user_id = (select app.user_id()) or (select app.role()) in ('owner', 'admin'))
  with check (workos_user_id = (select app.user_id()) or (select app.role()) in ('owner', 'admin'));
create policy events_expert_delete on events
  for delete to authenticated
  using (workos_user_id = (select app.user_id()) or (select app.role()) in ('owner', 'admin'));
