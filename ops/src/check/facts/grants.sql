-- Who may do what, besides each object's owner; and what will be granted on what the owner makes later.
, granted (object, owner, grantee, privilege, grantable, columns) as (
  select 'schema ' || s.name, s.owner, acl.grantee, acl.privilege_type, acl.is_grantable, null::text
    from compared_schema s
    join pg_namespace n on n.oid = s.oid
    cross join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) acl
   union all
  select r.kind || ' ' || r.name, r.owner, acl.grantee, acl.privilege_type, acl.is_grantable, null
    from relation r
    cross join aclexplode(
      coalesce(r.acl, acldefault(case r.kind when 'sequence' then 's' else 'r' end::"char", r.owner))
    ) acl
   union all
  select r.kind || ' ' || r.name, r.owner, acl.grantee, acl.privilege_type, acl.is_grantable,
         string_agg(quote_ident(a.attname), ', ' order by a.attname collate "C")
    from relation r
    join pg_attribute a on a.attrelid = r.oid
    cross join aclexplode(a.attacl) acl
   group by r.kind, r.name, r.owner, acl.grantee, acl.privilege_type, acl.is_grantable
   union all
  select r.kind || ' ' || r.name, p.proowner, acl.grantee, acl.privilege_type, acl.is_grantable, null
    from routine r
    join pg_proc p on p.oid = r.oid
    cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
   union all
  -- What a platform's own roles have on the database is the platform's matter.
  select 'the database', d.datdba, acl.grantee, acl.privilege_type, acl.is_grantable, null
    from pg_database d
    cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) acl
   where d.datname = current_database()
     and (acl.grantee = 0 or acl.grantee in (select oid from application_role))
)
select 'grant', lower(g.privilege) || ' on ' || g.object || ' to ' || grantee.name,
       nullif(concat_ws('; ',
         case when bool_or(g.columns is null) and bool_or(g.columns is not null) then 'all columns' end,
         'columns ' || string_agg(g.columns, ', ' order by g.columns),
         case when bool_or(g.grantable) then 'with grant option' end), '')
  from granted g
  join role_name owner on owner.oid = g.owner
  join role_name grantee on grantee.oid = g.grantee
 where grantee.name <> owner.name
 group by g.privilege, g.object, grantee.name

 union all

select 'defaults',
       case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
                            when 'n' then 'schemas' else 'large objects' end
         || ' of ' || maker.name
         || case when d.defaclnamespace <> 0 then ' in schema ' || d.defaclnamespace::regnamespace else '' end,
       coalesce(
         (select string_agg(lower(acl.privilege_type) || ' to ' || grantee.name, ', '
                            order by grantee.name collate "C", acl.privilege_type collate "C")
            from aclexplode(d.defaclacl) acl
            join role_name grantee on grantee.oid = acl.grantee
           where acl.grantee <> d.defaclrole),
         'for nobody else')
  from pg_default_acl d
  join role_name maker on maker.oid = d.defaclrole
 -- They hold for what their own role makes, and nobody else makes anything here.
 where maker.name = 'owner' or d.defaclrole in (select oid from application_role)

 union all

-- Whatever else the application's roles own or were given, on objects that have no lines here: the server's own
-- functions, settings, types, an extension's objects.
select 'grant', 'something on ' || pg_describe_object(d.classid, d.objid, 0) || ' to ' || a.name,
       case when bool_or(d.deptype = 'o') then 'as its owner' end
  from pg_shdepend d
  join application_role a on a.oid = d.refobjid
 where d.refclassid = 'pg_authid'::regclass and d.deptype in ('a', 'o')
   and (d.dbid = (select oid from pg_database where datname = current_database())
        or d.dbid = 0 and d.classid in ('pg_tablespace'::regclass, 'pg_parameter_acl'::regclass))
   and d.classid not in ('pg_default_acl'::regclass, 'pg_policy'::regclass)
   and not (d.classid = 'pg_namespace'::regclass and d.objid in (select oid from compared_schema))
   and not (d.classid = 'pg_class'::regclass and d.objid in (select oid from any_relation))
   and not (d.classid = 'pg_proc'::regclass and d.objid in (select oid from routine))
   and not (d.classid = 'pg_namespace'::regclass
            and exists (select from pg_extension where extname = 'pg_session_jwt')
            and d.objid = (select n.oid from pg_namespace n where n.nspname = 'auth'))
   and not (d.classid = 'pg_proc'::regclass
            and exists (select from pg_extension where extname = 'pg_session_jwt')
            and (select n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.oid = d.objid)
                = 'auth')
 group by d.classid, d.objid, a.name
