-- What exporting a trail takes: rows in the order of the chain, a queue that survives whoever works on it, and
-- checkpoints that others witness.

-- The order of a chain, whatever times its imported rows have. An export goes through it piece by piece.
create index if not exists audit_logs_seq_idx on audit_logs (org_id, seq);

-- An export is up to two files and a manifest: the rows, and what is shown of the rows that were left out.
revoke update (upload_id, upload_parts) on audit_log_exports from eleva_exporter;
alter table audit_log_exports
  drop column upload_id,
  drop column upload_parts,
  -- What is shown of the rows between first_seq and last_seq that the export leaves out.
  add column left_out_count bigint,
  add column left_out_key text,
  add column left_out_size bigint,
  add column left_out_sha256 bytea,
  -- The end of the chain when the export was begun: nothing after it is in there.
  add column head_seq bigint,
  -- What each file has in the store so far, and how to go on with it.
  add column resume jsonb,
  -- Who works on it, if anybody does, and from when on somebody else may take it over, or try it again.
  add column lease uuid,
  add column next_attempt_at timestamptz not null default now(),
  -- What a calendar has, so that whoever reads the queue can.
  add constraint audit_log_exports_start_date_check check (start_date >= '2000-01-01T00:00:00Z'),
  add constraint audit_log_exports_latest_date_check check (end_date <= '2200-01-01T00:00:00Z'),
  add constraint audit_log_exports_left_out_count_check check (left_out_count >= 0),
  add constraint audit_log_exports_left_out_key_check check (char_length(left_out_key) between 1 and 1024),
  add constraint audit_log_exports_left_out_size_check check (left_out_size >= 0),
  add constraint audit_log_exports_left_out_sha256_check check (octet_length(left_out_sha256) = 32),
  add constraint audit_log_exports_head_seq_check check (head_seq >= last_seq),
  add constraint audit_log_exports_resume_check check (jsonb_typeof(resume) = 'object'),
  add constraint audit_log_exports_leased_check check (lease is null or status = 'running');

grant update (left_out_count, left_out_key, left_out_size, left_out_sha256, head_seq, resume, lease, next_attempt_at)
   on audit_log_exports to eleva_exporter;

-- What is due: queued, or in the hands of a worker that did not come back.
drop index audit_log_exports_queue_idx;
create index audit_log_exports_queue_idx on audit_log_exports (next_attempt_at) where status in ('queued', 'running');

call refinery.assume_definer();

grant select (org_id, created_at) on audit_logs to eleva_definer;
create policy audit_logs_definer_select on audit_logs for select to eleva_definer using (true);

-- The organizations whose trail has rows of a time; `until` is not included. The exporter reads one trail at a time, and
-- so cannot tell.
create function app.audit_organizations_with_rows(since timestamptz, until timestamptz) returns setof uuid
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  return query
    select h.org_id
      from public.audit_heads h
     where exists (
       select
         from public.audit_logs l
        where l.org_id = h.org_id
          and l.created_at >= since
          and l.created_at < until
     );
end
$function$;

-- Has every organization's log at WorkOS show a checkpoint's hash, so that somebody else holds it. However often it is
-- called for a day and a hash, WorkOS is told once: the id, which is the idempotency key there, is made of them.
create function app.audit_witness(checkpoint_date date, checkpoint_sha256 bytea) returns void
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  if octet_length(checkpoint_sha256) is distinct from 32 or checkpoint_date is null then
    raise exception 'a checkpoint has a date and a hash' using errcode = 'EL012';
  end if;
  insert into public.workos_audit_outbox (id, org_id, event)
  select encode(
           substr(
             sha256(
               app.audit_field('eleva-checkpoint-witness-1') || app.audit_field(to_char(checkpoint_date, 'YYYY-MM-DD'))
               || app.audit_field(checkpoint_sha256) || app.audit_field(uuid_send(o.id))
             ),
             1, 16
           ),
           'hex'
         )::uuid,
         o.id,
         jsonb_build_object(
           'action', 'audit_checkpoint_published',
           'occurred_at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           'actor', jsonb_build_object('type', 'system', 'id', 'eleva'),
           'targets', jsonb_build_array(jsonb_build_object('type', 'audit_log', 'id', o.workos_org_id)),
           'context', jsonb_build_object('location', 'unknown'),
           'metadata', jsonb_build_object(
             'date', to_char(checkpoint_date, 'YYYY-MM-DD'), 'sha256', encode(checkpoint_sha256, 'hex')
           )
         )
    from public.organizations o
   where o.workos_org_id is not null
     and o.deleted_at is null
  on conflict do nothing;
end
$function$;

alter function app.audit_organizations_with_rows(timestamptz, timestamptz) owner to eleva_definer;
alter function app.audit_witness(date, bytea) owner to eleva_definer;

grant execute on function app.audit_organizations_with_rows(timestamptz, timestamptz), app.audit_witness(date, bytea)
  to eleva_exporter;

call refinery.release_definer();
