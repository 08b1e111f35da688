-- What every reading begins with: roles by the names that the manifest gives them, and what is compared.
with role_name (oid, name) as (
  -- The owner's name is the platform's choice. pg_database_owner has the owner as its only member.
  select r.oid,
         case when r.oid = d.datdba or r.rolname = 'pg_database_owner' then 'owner'
              when r.rolname = 'owner' then '"owner"'
              else quote_ident(r.rolname) end
    from pg_roles r
    join pg_database d on d.datname = current_database()
   union all
  select 0, 'public'
),

-- By their names, so that one that no migration made is noticed; without the owners of the cluster's databases.
application_role (oid, name) as (
  select r.oid, quote_ident(r.rolname)
    from pg_roles r
   where (r.rolname like 'eleva\_%' or r.rolname in ('authenticated', 'anonymous'))
     and not exists (select from pg_database d where d.datdba = r.oid)
),

extension_member (class, oid) as (
  select d.classid, d.objid
    from pg_depend d
   where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
),

-- All but the server's own, Neon's own, and `auth` where it is the extension's.
compared_schema (oid, name, owner) as (
  select n.oid, quote_ident(n.nspname), n.nspowner
    from pg_namespace n
    join pg_roles o on o.oid = n.nspowner
   where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     and not (n.nspname in ('neon', 'neon_migration') and o.rolsuper)
     and not (n.nspname = 'auth' and exists (select from pg_extension e where e.extname = 'pg_session_jwt'))
     and not exists (
       select from extension_member m where m.class = 'pg_namespace'::regclass and m.oid = n.oid
     )
),

-- Tables, views and sequences; partitions apart.
any_relation (oid, name, kind, owner, acl, is_partition) as (
  select c.oid, s.name || '.' || quote_ident(c.relname),
         case c.relkind when 'v' then 'view' when 'm' then 'materialized-view' when 'f' then 'foreign-table'
                        when 'S' then 'sequence' else 'table' end,
         c.relowner, c.relacl, c.relispartition
    from pg_class c
    join compared_schema s on s.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
     and not exists (select from extension_member m where m.class = 'pg_class'::regclass and m.oid = c.oid)
),
relation as (select * from any_relation where not is_partition),

routine (oid, name, kind) as (
  select p.oid, replace(p.oid::regprocedure::text, ',', ', '),
         case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end
    from pg_proc p
    join compared_schema s on s.oid = p.pronamespace
   where not exists (select from extension_member m where m.class = 'pg_proc'::regclass and m.oid = p.oid)
)
