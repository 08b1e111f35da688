-- An organization that was erased stays so: what was under way while it was, does not bring anything back.

-- What WorkOS still says of it changes nothing: it has no name any more, and nobody opens it again.
create function app.stay_erased() returns trigger
language plpgsql
as $function$
begin
  new.slug := old.slug;
  new.name := old.name;
  new.deleted_at := old.deleted_at;
  return new;
end
$function$;

-- The slug that `cargo ops erase-organization` leaves.
create trigger organizations_stay_erased before update on organizations
  for each row when (old.deleted_at is not null and old.slug = 'erased-' || old.id) execute function app.stay_erased();

-- No organization takes that slug for itself, or another's.
create or replace function app.refuse_reserved_slug() returns trigger
language plpgsql
as $function$
begin
  raise exception 'slugs that begin with user- or erased- are reserved'
    using errcode = 'check_violation',
          schema = tg_table_schema, table = tg_table_name, column = 'slug', constraint = tg_name;
end
$function$;

create trigger organizations_slug_not_erased before update of slug on organizations
  for each row when (current_user = 'authenticated' and new.slug is distinct from old.slug and new.slug like 'erased-%')
  execute function app.refuse_reserved_slug();

call refinery.assume_definer();

-- As before, and refuses with EL004 what was begun before the organization was deleted and ends after it. Whoever writes
-- into an organization refers to its row and so waits for whoever erases it; every such transaction ends with a row of
-- the trail, which is where it learns what came of that. Raises EL009 without a context, EL011 for what no user does.
create or replace function app.audit_append(
  action text, resource_type text, resource_id text, outcome text, old_values jsonb, new_values jsonb, metadata jsonb,
  ip_address inet, user_agent text, request_id text
)
returns void
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  payload constant jsonb := app.context_payload();
  entry public.audit_logs;
begin
  if payload is null then
    raise exception 'no organization context in this transaction' using errcode = 'EL009';
  elsif action <> all (app.audit_actions('scope')) then
    raise exception 'this is not written within a scope' using errcode = 'EL011';
  end if;
  entry.org_id := payload ->> 'org_id';
  entry.workos_user_id := payload ->> 'user_id';
  entry.actor_type := 'user';
  entry.impersonator := payload ->> 'impersonator';
  entry.action := action;
  entry.resource_type := resource_type;
  entry.resource_id := resource_id;
  entry.outcome := outcome;
  entry.old_values := old_values;
  entry.new_values := new_values;
  entry.metadata := metadata;
  entry.ip_address := ip_address;
  entry.user_agent := user_agent;
  entry.request_id := request_id;
  perform app.audit_write(entry, null);
  if exists (select from public.organizations o where o.id = entry.org_id and o.deleted_at is not null) then
    raise exception 'the organization is unknown or deleted' using errcode = 'EL004';
  end if;
end
$function$;

call refinery.release_definer();
