-- The roles of the application.
--
-- Roles belong to the cluster, not to a database: several databases share them, and another database's migration may
-- be making them at this very moment. They are therefore made when absent, their attributes are given at creation
-- (altering most attributes takes a superuser) and asserted afterwards, whoever made them.

-- Functions are executable by PUBLIC unless the default says otherwise; the default of a single schema cannot.
alter default privileges revoke execute on functions from public;

do $owner$
declare
  owner_role record;
begin
  select r.rolname, r.rolbypassrls, r.rolcreaterole
    into strict owner_role
    from pg_roles r
   where r.rolname = current_user;

  -- Without it, forced row-level security hides every row from the owner: a backfill would change nothing and a new
  -- foreign key would be validated over an empty table, both without an error.
  if not owner_role.rolbypassrls then
    raise exception 'the role % that runs the migrations lacks BYPASSRLS', owner_role.rolname
      using errcode = 'insufficient_privilege',
            hint = format('As a superuser: alter role %I bypassrls;', owner_role.rolname);
  end if;
  if not owner_role.rolcreaterole then
    raise exception 'the role % that runs the migrations lacks CREATEROLE', owner_role.rolname
      using errcode = 'insufficient_privilege',
            hint = format('As a superuser: alter role %I createrole;', owner_role.rolname);
  end if;
end
$owner$;

do $roles$
declare
  role record;
begin
  for role in
    select w.name, w.attributes
      from (values
        (1, 'eleva_definer', 'nologin'),
        (2, 'authenticated', 'nologin'),
        (3, 'anonymous', 'nologin'),
        (4, 'eleva_app', 'login noinherit'),
        (5, 'eleva_identity', 'login'),
        (6, 'eleva_exporter', 'login')
      ) as w (position, name, attributes)
     where not exists (select from pg_roles r where r.rolname = w.name)
     order by w.position
  loop
    begin
      execute format(
        'create role %I %s nosuperuser nobypassrls nocreaterole nocreatedb noreplication', role.name, role.attributes
      );
    exception
      -- Waited for another database's migration, which has made it.
      when duplicate_object or unique_violation then null;
    end;
  end loop;
end
$roles$;

-- From PostgreSQL 16 on, CREATEROLE reaches only the roles that one made oneself, or was given with ADMIN OPTION.
do $admin$
declare
  foreign_role text;
begin
  if current_setting('server_version_num')::integer >= 160000 then
    for foreign_role in
      select r.rolname
        from pg_roles r
       where r.rolname in (
               'eleva_definer', 'authenticated', 'anonymous', 'eleva_app', 'eleva_identity', 'eleva_exporter'
             )
         and not pg_has_role(current_user, r.oid, 'member with admin option')
    loop
      raise exception 'the role % was made by another role, and % may not administer it', foreign_role, current_user
        using errcode = 'insufficient_privilege',
              hint = format('As its maker: grant %I to %I with admin option;', foreign_role, current_user);
    end loop;
  end if;
end
$admin$;

-- Changing one role from two databases at once fails with "tuple concurrently updated", and advisory locks are a
-- database's own. A comment on a role locks it across the cluster until the transaction ends.
create procedure refinery.lock_roles()
language plpgsql
as $procedure$
begin
  comment on role eleva_definer is 'Owns the SECURITY DEFINER functions of schema app.';
end
$procedure$;

call refinery.lock_roles();

do $members$
declare
  -- From PostgreSQL 16 on, inheritance is a property of the membership, not of the member.
  options text := case
    when current_setting('server_version_num')::integer >= 160000 then ' with inherit false, set true'
    else ''
  end;
begin
  execute 'grant authenticated to eleva_app' || options;
  execute 'grant anonymous to eleva_app' || options;
end
$members$;

-- The time limits hold for what a request may take; whoever needs more works through cursors or in batches.
alter role eleva_app set search_path = public, pg_temp;
alter role eleva_app set statement_timeout = '5s';
alter role eleva_app set idle_in_transaction_session_timeout = '10s';

alter role eleva_identity set search_path = public, pg_temp;
alter role eleva_identity set statement_timeout = '5s';
alter role eleva_identity set idle_in_transaction_session_timeout = '10s';

alter role eleva_exporter set search_path = public, pg_temp;
alter role eleva_exporter set statement_timeout = '60s';
alter role eleva_exporter set idle_in_transaction_session_timeout = '60s';

do $assertion$
declare
  role record;
begin
  for role in
    select w.name, w.login, w.inherits, r.*
      from (values
        ('eleva_definer', false, true),
        ('authenticated', false, true),
        ('anonymous', false, true),
        ('eleva_app', true, false),
        ('eleva_identity', true, true),
        ('eleva_exporter', true, true)
      ) as w (name, login, inherits)
      left join pg_roles r on r.rolname = w.name
  loop
    if role.rolname is null then
      raise exception 'the role % is missing', role.name;
    end if;
    if role.rolsuper or role.rolbypassrls or role.rolcreaterole or role.rolcreatedb or role.rolreplication
      or role.rolcanlogin <> role.login or role.rolinherit <> role.inherits
    then
      raise exception 'the role % exists with other attributes than it must have', role.name
        using hint = format(
          'It must be %s %s NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION.',
          case when role.login then 'LOGIN' else 'NOLOGIN' end,
          case when role.inherits then 'INHERIT' else 'NOINHERIT' end
        );
    end if;
  end loop;

  -- What eleva_app may do, it may do after SET ROLE only; a membership granted by somebody else may inherit.
  if pg_has_role('eleva_app', 'authenticated', 'usage') or pg_has_role('eleva_app', 'anonymous', 'usage') then
    raise exception 'the role eleva_app inherits authenticated or anonymous, which it must not';
  end if;

  for role in
    select m.member::regrole::text as member, m.roleid::regrole::text as granted
      from pg_auth_members m
     where m.member::regrole::text in (
             'eleva_definer', 'authenticated', 'anonymous', 'eleva_app', 'eleva_identity', 'eleva_exporter'
           )
       and (m.member::regrole::text, m.roleid::regrole::text) not in (
             ('eleva_app', 'authenticated'), ('eleva_app', 'anonymous')
           )
  loop
    raise exception 'the role % is a member of %, which it must not be', role.member, role.granted;
  end loop;
end
$assertion$;
