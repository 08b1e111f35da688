-- Legal holds: organizations of which nothing may be erased or dropped for the time being, because a court or an
-- authority wants it kept. An operator places and lifts them.

create table legal_holds (
  org_id uuid primary key,
  -- The operator's own words, for operators only.
  reason text not null,
  placed_at timestamptz not null default now(),
  constraint legal_holds_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint legal_holds_reason_check check (char_length(reason) between 1 and 500)
);

create trigger legal_holds_org_id_immutable before update of org_id on legal_holds
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table legal_holds enable row level security, force row level security;

grant select (org_id) on legal_holds to eleva_definer;

create policy legal_holds_definer_select on legal_holds for select to eleva_definer using (true);

call refinery.assume_definer();

-- Refuses to delete a data key of an organization that is under a legal hold, whoever tries.
create function app.refuse_under_legal_hold() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  if exists (select from public.legal_holds h where h.org_id = old.org_id) then
    raise exception 'the organization is under a legal hold'
      using errcode = 'integrity_constraint_violation',
            schema = tg_table_schema, table = tg_table_name, constraint = tg_name;
  end if;
  return old;
end
$function$;

create trigger org_keys_legal_hold before delete on org_keys
  for each row execute function app.refuse_under_legal_hold();

alter function app.refuse_under_legal_hold() owner to eleva_definer;

call refinery.release_definer();
