-- Policies of row-level security.
select 'policy', quote_ident(p.polname) || ' on ' || r.name,
       concat_ws('; ',
         case when p.polpermissive then 'permissive' else 'restrictive' end,
         'for ' || case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
                                 else 'all' end,
         'to ' || (select string_agg(name.name, ', ' order by name.name collate "C")
                     from unnest(p.polroles) as role (oid)
                     join role_name name on name.oid = role.oid),
         'using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
         'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
  from relation r
  join pg_policy p on p.polrelid = r.oid
