-- Functions and procedures. A body that is text is given by its hash, one that the server has parsed in full.
select r.kind, r.name,
       concat_ws('; ',
         'owned by ' || owner.name,
         case when p.prosecdef then 'security definer' else 'security invoker' end,
         case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
         'parallel ' || case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end,
         case when p.proisstrict then 'strict' end,
         case when p.proleakproof then 'leakproof' end,
         case when p.proretset and p.prorows <> 1000 then 'rows ' || p.prorows end,
         case when p.procost <> 100 then 'cost ' || p.procost end,
         case when p.prosupport <> 0 then 'support ' || p.prosupport end,
         'language ' || l.lanname,
         'arguments (' || pg_get_function_arguments(p.oid) || ')',
         'returns ' || pg_get_function_result(p.oid),
         (select string_agg('set ' || setting, '; ' order by setting collate "C") from unnest(p.proconfig) as setting),
         'library ' || p.probin,
         case when p.prosqlbody is null then 'body sha256:' || encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex')
              else 'body ' || pg_get_function_sqlbody(p.oid) end)
  from routine r
  join pg_proc p on p.oid = r.oid
  join pg_language l on l.oid = p.prolang
  join role_name owner on owner.oid = p.proowner
