-- What a member may see and change of organizations, users and memberships.
--
-- RESTRICTIVE policies are the boundary, permissive ones what else a rule asks for; neither repeats the other. The
-- functions that read the context stand in sub-selects, so that each is called once per statement.

call refinery.assume_definer();

-- The asking user's own row.
create function app.me() returns setof public.users
language plpgsql stable parallel restricted security definer rows 1
set search_path = pg_catalog, pg_temp
as $function$
begin
  return query
    select u.*
      from public.users u
     where u.workos_user_id = (select app.user_id()) and u.deleted_at is null;
end
$function$;

-- The active members of the current organization.
create function app.members()
returns table (
  id uuid, workos_user_id text, first_name text, last_name text, email text, image_url text, role text
)
language plpgsql stable parallel restricted security definer rows 20
set search_path = pg_catalog, pg_temp
as $function$
begin
  return query
    select u.id, u.workos_user_id, u.first_name, u.last_name, u.email, u.image_url, m.role
      from public.user_org_memberships m
      join public.users u on u.workos_user_id = m.workos_user_id and u.deleted_at is null
     where m.org_id = (select app.org_id()) and m.status = 'active';
end
$function$;

alter function app.me() owner to eleva_definer;
alter function app.members() owner to eleva_definer;
grant execute on function app.me(), app.members() to authenticated;

call refinery.release_definer();

-- Provisioning finds a personal organization by its slug `user-<WorkOS user id>`: whoever took somebody else's would
-- lock them out of their first sign-in.
create function app.refuse_reserved_slug() returns trigger
language plpgsql
as $function$
begin
  raise exception 'slugs that begin with user- are reserved'
    using errcode = 'check_violation',
          schema = tg_table_schema, table = tg_table_name, column = 'slug', constraint = tg_name;
end
$function$;

create trigger organizations_slug_reserved before update of slug on organizations
  for each row when (new.slug is distinct from old.slug and new.slug like 'user-%')
  execute function app.refuse_reserved_slug();

grant select, update (name, slug) on organizations to authenticated;
grant update (first_name, last_name, image_url, country) on users to authenticated;
grant select on user_org_memberships to authenticated;

-- Every organization with an active membership of one's own, the current one among them.
create policy organizations_tenant_select on organizations as restrictive
  for select to authenticated
  using (
    id = any (array(
      select m.org_id
        from user_org_memberships m
       where m.workos_user_id = (select app.user_id()) and m.status = 'active'
    ))
  );
create policy organizations_tenant_update on organizations as restrictive
  for update to authenticated
  using (id = (select app.org_id()))
  with check (id = (select app.org_id()));
create policy organizations_member_select on organizations
  for select to authenticated
  using (deleted_at is null);
create policy organizations_administrator_update on organizations
  for update to authenticated
  using ((select app.role()) in ('owner', 'admin'))
  with check ((select app.role()) in ('owner', 'admin'));

-- One's own row. There is no SELECT grant, because a column grant cannot depend on the row: app.me and app.members
-- read. An UPDATE therefore names no row; the policy does.
create policy users_self_update on users
  for update to authenticated
  using (workos_user_id = (select app.user_id()))
  with check (workos_user_id = (select app.user_id()));

-- One's own memberships in all organizations.
create policy user_org_memberships_tenant_select on user_org_memberships as restrictive
  for select to authenticated
  using (workos_user_id = (select app.user_id()));
create policy user_org_memberships_member_select on user_org_memberships
  for select to authenticated
  using (true);
