-- Schemas, extensions, types, and what acts by itself: event triggers and publications.
select 'schema', s.name, 'owned by ' || owner.name
  from compared_schema s
  join role_name owner on owner.oid = s.owner

 union all

-- PL/pgSQL is part of every database; the others are the platform's.
select 'extension', quote_ident(e.extname), 'in schema ' || quote_ident(n.nspname)
  from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace
 where e.extname not in ('plpgsql', 'pg_session_jwt', 'neon')

 union all

select 'type', s.name || '.' || quote_ident(t.typname),
       concat_ws('; ',
         case t.typtype when 'e' then 'enumeration' when 'd' then 'domain' when 'r' then 'range' when 'm' then 'multirange'
                        when 'c' then 'composite' else 'base' end,
         'owned by ' || owner.name,
         (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
            from pg_enum e where e.enumtypid = t.oid),
         case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
         case when t.typnotnull then 'not null' end,
         (select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.conname)
            from pg_constraint k where k.contypid = t.oid and k.contype = 'c'),
         (select string_agg(quote_ident(f.attname) || ' ' || format_type(f.atttypid, f.atttypmod), ', ' order by f.attnum)
            from pg_attribute f where f.attrelid = t.typrelid and f.attnum > 0 and not f.attisdropped))
  from pg_type t
  join compared_schema s on s.oid = t.typnamespace
  join role_name owner on owner.oid = t.typowner
  left join pg_class c on c.oid = t.typrelid
 where t.typelem = 0 and (t.typrelid = 0 or c.relkind = 'c')
   and not exists (select from extension_member m where m.class = 'pg_type'::regclass and m.oid = t.oid)
   -- What comes with a range comes with its line.
   and t.typtype <> 'm'

 union all

-- A superuser's is the platform's.
select 'event-trigger', quote_ident(t.evtname),
       concat_ws('; ', 'on ' || t.evtevent, 'calls ' || t.evtfoid::regproc, 'owned by ' || owner.name,
                 case when t.evtenabled = 'D' then 'disabled' else 'enabled' end)
  from pg_event_trigger t
  join pg_roles o on o.oid = t.evtowner
  join role_name owner on owner.oid = t.evtowner
 where not o.rolsuper
   and not exists (select from extension_member m where m.class = 'pg_event_trigger'::regclass and m.oid = t.oid)

 union all

select 'publication', quote_ident(p.pubname),
       concat_ws('; ', 'owned by ' || owner.name,
                 case when p.puballtables then 'all tables' end,
                 (select 'tables ' || string_agg(r.prrelid::regclass::text, ', ' order by r.prrelid::regclass::text)
                    from pg_publication_rel r where r.prpubid = p.oid),
                 (select 'schemas ' || string_agg(n.pnnspid::regnamespace::text, ', ' order by n.pnnspid::regnamespace::text)
                    from pg_publication_namespace n where n.pnpubid = p.oid))
  from pg_publication p
  join role_name owner on owner.oid = p.pubowner
