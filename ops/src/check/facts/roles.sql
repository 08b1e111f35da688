-- The application's roles, what they are members of and who is a member of them, and what a login begins with.
select 'role', a.name,
       concat_ws('; ',
         case when r.rolcanlogin then 'login' else 'nologin' end,
         case when r.rolinherit then 'inherit' else 'noinherit' end,
         case when r.rolsuper then 'superuser' else 'nosuperuser' end,
         case when r.rolbypassrls then 'bypassrls' else 'nobypassrls' end,
         case when r.rolcreaterole then 'createrole' else 'nocreaterole' end,
         case when r.rolcreatedb then 'createdb' else 'nocreatedb' end,
         case when r.rolreplication then 'replication' else 'noreplication' end)
  from application_role a
  join pg_roles r on r.oid = a.oid

 union all

select 'membership', member.name || ' in ' || granted.name,
       concat_ws('; ',
         case when bool_or(options.inherits) then 'inherits' else 'does not inherit' end,
         case when bool_or(options.sets) then 'may set the role' else 'may not set the role' end,
         case when bool_or(m.admin_option) then 'may grant it' end)
  from pg_auth_members m
  join pg_roles r on r.oid = m.member
  join role_name member on member.oid = m.member
  join role_name granted on granted.oid = m.roleid
  -- Columns of PostgreSQL 16; before, inheriting is the member's attribute, and every member may set the role.
  cross join lateral (
    select coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit) as inherits,
           coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) as sets
  ) as options
 where (m.member in (select oid from application_role) or m.roleid in (select oid from application_role))
   -- From 16 on, who makes a role may administer it, and no more.
   and (options.inherits or options.sets or m.member in (select oid from application_role))
 group by member.name, granted.name

 union all

select 'setting',
       split_part(setting, '=', 1) || ' of ' || case when s.setrole = 0 then 'every role' else a.name end
         || case when s.setdatabase <> 0 then ' in this database' else '' end,
       substr(setting, strpos(setting, '=') + 1)
  from pg_db_role_setting s
  cross join unnest(s.setconfig) as setting
  left join application_role a on a.oid = s.setrole
 where (s.setrole = 0 or a.oid is not null)
   and (s.setdatabase = 0 or s.setdatabase = (select oid from pg_database where datname = current_database()))
