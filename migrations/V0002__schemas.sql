-- Schemas `public` (tables) and `app` (functions), closed to everybody who is not named, and what later migrations
-- use to give a function to eleva_definer.

create schema app;

revoke all on schema public from public;
revoke all on schema app from public;

grant usage on schema public, app to authenticated;
grant usage on schema app to eleva_app;
grant usage on schema public to eleva_identity, eleva_exporter;
grant usage on schema public, app to eleva_definer;

-- A temporary table left in a pooled session would stand in front of the real one for whoever comes next.
do $temporary$
begin
  execute format('revoke temporary on database %I from public', current_database());
end
$temporary$;

-- Makes the migration's role a member of eleva_definer, until refinery.release_definer() in the same transaction: only
-- a member may give it a function or replace one of its functions, and only a role with CREATE may own one.
create procedure refinery.assume_definer()
language plpgsql
as $procedure$
begin
  call refinery.lock_roles();
  if current_setting('server_version_num')::integer >= 160000 then
    execute 'grant eleva_definer to current_user with inherit true, set true';
  else
    execute 'grant eleva_definer to current_user';
  end if;
  grant create on schema app to eleva_definer;
end
$procedure$;

-- Takes back what refinery.assume_definer() gave.
create procedure refinery.release_definer()
language plpgsql
as $procedure$
begin
  revoke create on schema app from eleva_definer;
  revoke eleva_definer from current_user;
end
$procedure$;
