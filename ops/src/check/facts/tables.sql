-- Tables and views, their columns and sequences.
select r.kind, r.name,
       concat_ws('; ',
         'owned by ' || owner.name,
         case when c.relkind = 'p' then 'partitioned by ' || pg_get_partkeydef(c.oid) end,
         case when c.relpersistence <> 'p' then 'unlogged' end,
         case when c.relkind in ('r', 'p') then
           case when c.relrowsecurity and c.relforcerowsecurity then 'row security enabled and forced'
                when c.relrowsecurity then 'row security enabled, not forced'
                else 'row security disabled' end
         end,
         case when c.relkind in ('r', 'p') and not exists (select from pg_policy p where p.polrelid = c.oid)
              then 'no policy' end,
         case when c.relkind in ('v', 'm') then array_to_string(c.reloptions, ', ') end,
         case when c.relkind in ('v', 'm') then 'as' || pg_get_viewdef(c.oid) end)
  from relation r
  join pg_class c on c.oid = r.oid
  join role_name owner on owner.oid = c.relowner
 where c.relkind <> 'S'

 union all

select 'column', r.name || '.' || quote_ident(a.attname),
       concat_ws('; ',
         format_type(a.atttypid, a.atttypmod),
         case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation end,
         case when a.attnotnull then 'not null' end,
         case a.attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end,
         case when a.attgenerated <> '' then 'generated as ' else 'default ' end || pg_get_expr(d.adbin, d.adrelid))
  from relation r
  join pg_attribute a on a.attrelid = r.oid
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where r.kind <> 'sequence' and a.attnum > 0 and not a.attisdropped

 union all

select 'sequence', r.name,
       concat_ws('; ',
         'owned by ' || owner.name,
         format_type(q.seqtypid, null),
         format('from %s to %s, start %s, step %s', q.seqmin, q.seqmax, q.seqstart, q.seqincrement),
         case when q.seqcycle then 'cycles' end)
  from relation r
  join pg_sequence q on q.seqrelid = r.oid
  join role_name owner on owner.oid = r.owner
