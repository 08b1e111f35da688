-- Partitions are made as time passes: for them there is a rule instead of lines.
select 'partition', r.name,
       concat_ws('; ',
         'owned by ' || owner.name,
         case when c.relrowsecurity and c.relforcerowsecurity then 'row security enabled and forced'
              when c.relrowsecurity then 'row security enabled, not forced'
              else 'row security disabled' end,
         coalesce((select 'policy ' || string_agg(quote_ident(p.polname), ', ' order by p.polname)
                     from pg_policy p where p.polrelid = r.oid),
                  'no policy'),
         coalesce((select 'granted to ' || string_agg(distinct grantee.name, ', ')
                     from (select acl.grantee from aclexplode(r.acl) acl
                            union
                           select acl.grantee
                             from pg_attribute a
                             cross join aclexplode(a.attacl) acl
                            where a.attrelid = r.oid) as granted
                     join role_name grantee on grantee.oid = granted.grantee
                    where grantee.name <> owner.name),
                  'no grant'),
         coalesce((select 'trigger ' || string_agg(
                            quote_ident(t.tgname) || case when t.tgenabled = 'D' then ' disabled' else '' end, ', '
                            order by t.tgname)
                     from pg_trigger t
                    where t.tgrelid = r.oid
                      and (t.tgparentid = 0 and not t.tgisinternal or t.tgenabled = 'D')),
                  'no trigger of its own'))
  from any_relation r
  join pg_class c on c.oid = r.oid
  join role_name owner on owner.oid = r.owner
 where r.is_partition and c.relkind in ('r', 'p')
