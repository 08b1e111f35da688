-- Constraints, indexes, triggers and rules of tables.
select 'constraint', quote_ident(k.conname) || ' on ' || r.name,
       concat_ws('; ',
         pg_get_constraintdef(k.oid),
         -- A foreign key is kept by triggers that have no lines of their own.
         case when exists (select from pg_trigger t where t.tgconstraint = k.oid and t.tgisinternal and t.tgenabled <> 'O')
              then 'its triggers are disabled' end)
  from relation r
  join pg_constraint k on k.conrelid = r.oid
 -- NOT NULL is said at the column; from PostgreSQL 18 on, it is a constraint as well. What a constraint on a
 -- partitioned table has for each partition goes with the partition.
 where k.contype <> 'n' and k.conparentid = 0

 union all

select 'index', quote_ident(c.relname) || ' on ' || r.name,
       concat_ws('; ', pg_get_indexdef(i.indexrelid), case when not i.indisvalid then 'invalid' end)
  from relation r
  join pg_index i on i.indrelid = r.oid
  join pg_class c on c.oid = i.indexrelid
 where not exists (
         select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
       )

 union all

select 'trigger', quote_ident(t.tgname) || ' on ' || r.name,
       concat_ws('; ',
         pg_get_triggerdef(t.oid),
         case t.tgenabled when 'O' then 'enabled' when 'D' then 'disabled' when 'R' then 'enabled on replicas only'
                          else 'enabled always' end)
  from relation r
  join pg_trigger t on t.tgrelid = r.oid
 where not t.tgisinternal

 union all

select 'rule', quote_ident(w.rulename) || ' on ' || r.name, pg_get_ruledef(w.oid)
  from relation r
  join pg_rewrite w on w.ev_class = r.oid
 where w.rulename <> '_RETURN'
