-- How a row gets into the audit trail: through the functions below and no other way. docs/audit.md describes the
-- format, which cannot change once there are rows.
--
-- app.audit_append: within the scope that app.begin opened, as whoever it says is asking.
-- app.audit_system: for eleva_identity, eleva_exporter and the operator.
-- app.audit_refusal: for who was refused, and has no scope.
-- app.audit_import: for the operator, rows of the time before this trail.

alter table audit_logs
  add constraint audit_logs_old_values_size_check check (octet_length(old_values::text) <= 65536),
  add constraint audit_logs_new_values_size_check check (octet_length(new_values::text) <= 65536),
  add constraint audit_logs_metadata_size_check check (octet_length(metadata::text) <= 65536);

-- Refusals, counted by whom, route and minute. The first of a minute has a row in the trail; for the others this count
-- is all there is.
create table audit_refusals (
  org_id uuid not null,
  workos_user_id text not null,
  route text not null,
  minute timestamptz not null,
  refusals bigint not null default 1,
  constraint audit_refusals_pkey primary key (org_id, workos_user_id, route, minute),
  constraint audit_refusals_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint audit_refusals_workos_user_id_check check (char_length(workos_user_id) between 1 and 100),
  constraint audit_refusals_route_check check (char_length(route) between 1 and 200),
  constraint audit_refusals_refusals_check check (refusals >= 1)
);

-- What the daily figures read.
create index audit_refusals_minute_idx on audit_refusals (org_id, minute);

create trigger audit_refusals_org_id_immutable before update of org_id on audit_refusals
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table audit_refusals enable row level security, force row level security;

grant select, insert (org_id, workos_user_id, route, minute), update (refusals) on audit_refusals to eleva_definer;
grant insert on audit_logs to eleva_definer;
grant select, insert, update (seq, hash, created_at) on audit_heads to eleva_definer;
grant insert (id, org_id, event) on workos_audit_outbox to eleva_definer;
-- What WorkOS is told comes with a row of the trail now.
revoke insert (org_id, event) on workos_audit_outbox from eleva_exporter;
drop policy workos_audit_outbox_exporter_insert on workos_audit_outbox;

create policy audit_refusals_definer_select on audit_refusals for select to eleva_definer using (true);
create policy audit_refusals_definer_insert on audit_refusals for insert to eleva_definer with check (true);
create policy audit_refusals_definer_update on audit_refusals
  for update to eleva_definer using (true) with check (true);
create policy audit_logs_definer_insert on audit_logs for insert to eleva_definer with check (true);
create policy audit_heads_definer_select on audit_heads for select to eleva_definer using (true);
create policy audit_heads_definer_insert on audit_heads for insert to eleva_definer with check (true);
create policy audit_heads_definer_update on audit_heads for update to eleva_definer using (true) with check (true);
create policy workos_audit_outbox_definer_insert on workos_audit_outbox
  for insert to eleva_definer with check (true);

call refinery.assume_definer();

-- One field of what is hashed: its length in bytes (four bytes, big-endian) and its bytes; -1 and nothing for null.
create function app.audit_field(value bytea) returns bytea
language sql immutable parallel restricted
return coalesce(int4send(octet_length(value)) || value, int4send(-1));

create function app.audit_field(value text) returns bytea
language sql immutable parallel restricted
return app.audit_field(convert_to(value, 'UTF8'));

-- What the first row of an organization's chain is linked to.
create function app.audit_genesis(org_id uuid) returns bytea
language sql immutable parallel restricted
return sha256('\x02' || app.audit_field('eleva-audit-1') || app.audit_field(uuid_send(org_id)));

-- The hash of a row from its fields and its prev_hash. That a row was imported shows in its header, since its time need
-- not be after that of the row before. (No bytea is written as a literal: sessions may read backslashes otherwise.)
create function app.audit_hash(entry public.audit_logs) returns bytea
language plpgsql stable parallel restricted
as $function$
declare
  header bytea;
  body bytea;
begin
  header :=
    app.audit_field(case when entry.metadata ? 'imported_at' then 'eleva-audit-1-imported' else 'eleva-audit-1' end)
    || app.audit_field(uuid_send(entry.id))
    || app.audit_field(uuid_send(entry.org_id))
    || app.audit_field(int8send(entry.seq))
    || app.audit_field(int8send((extract(epoch from entry.created_at) * 1000000)::bigint))
    || app.audit_field(entry.action)
    || app.audit_field(entry.resource_type)
    || app.audit_field(entry.outcome);
  body :=
    app.audit_field(entry.salt)
    || app.audit_field(entry.workos_user_id)
    || app.audit_field(entry.actor_type)
    || app.audit_field(entry.impersonator)
    || app.audit_field(entry.resource_id)
    || app.audit_field(entry.old_values::text)
    || app.audit_field(entry.new_values::text)
    || app.audit_field(entry.ip_address::text)
    || app.audit_field(entry.user_agent)
    || app.audit_field(entry.request_id)
    || app.audit_field(entry.metadata::text);
  return sha256(
    decode('01', 'hex') || entry.prev_hash || sha256(decode('00', 'hex') || sha256(header) || sha256(body))
  );
end
$function$;

-- What a writer may write, but for the operator, who may write everything: `scope` is app.audit_append.
create function app.audit_actions(writer text) returns text[]
language sql immutable parallel restricted
return case writer
  when 'scope' then array[
    'MEDICAL_RECORD_CREATED', 'MEDICAL_RECORD_VIEWED', 'MEDICAL_RECORD_UPDATED', 'MEDICAL_RECORD_DELETED',
    'MEDICAL_RECORDS_EXPORTED', 'RECORD_UNDECRYPTABLE',
    'APPOINTMENT_CREATED', 'APPOINTMENT_VIEWED', 'APPOINTMENT_UPDATED', 'APPOINTMENT_CANCELLED',
    'APPOINTMENT_COMPLETED', 'APPOINTMENT_NO_SHOW',
    'PAYMENT_INITIATED', 'PAYMENT_COMPLETED', 'PAYMENT_FAILED', 'PAYMENT_REFUNDED', 'PAYMENT_DISPUTED',
    'PRESCRIPTION_CREATED', 'PRESCRIPTION_VIEWED', 'PRESCRIPTION_UPDATED', 'PRESCRIPTION_CANCELLED',
    'HEALTH_DATA_ACCESSED', 'HEALTH_DATA_EXPORTED', 'LAB_RESULTS_VIEWED', 'DIAGNOSIS_RECORDED',
    'PROFILE_CREATED', 'PROFILE_UPDATED', 'PROFILE_VIEWED', 'PROFILE_DELETED',
    'EVENT_CREATED', 'EVENT_UPDATED', 'EVENT_DELETED', 'EVENT_ACTIVATED', 'EVENT_DEACTIVATED', 'EVENT_REORDERED',
    'SCHEDULE_UPDATED', 'BLOCKED_DATE_ADDED', 'BLOCKED_DATE_REMOVED', 'PRACTITIONER_AGREEMENT_ACCEPTED',
    'ORG_MEMBER_INVITED', 'ORG_SETTINGS_UPDATED', 'ORG_SUBSCRIPTION_CHANGED',
    'AUDIT_LOG_VIEWED', 'AUDIT_LOG_EXPORTED', 'AUDIT_LOG_EXPORT_DOWNLOADED', 'COMPLIANCE_REPORT_GENERATED',
    'GDPR_DATA_REQUEST'
  ]
  when 'eleva_identity' then array[
    'APPOINTMENT_UPDATED',
    'SESSION_SIGNED_IN', 'SESSION_SIGNED_OUT', 'SESSION_REVOKED',
    'ORGANIZATION_CREATED', 'ORGANIZATION_SWITCHED',
    'ORG_MEMBER_INVITED', 'ORG_MEMBER_ADDED', 'ORG_MEMBER_ROLE_CHANGED', 'ORG_MEMBER_SUSPENDED',
    'ORG_MEMBER_REMOVED', 'ORG_SETTINGS_UPDATED'
  ]
  when 'eleva_exporter' then array['AUDIT_LOG_EXPORTED', 'SUSPICIOUS_ACTIVITY_DETECTED']
  else array[]::text[]
end;

-- What WorkOS's audit log shows to an organization's administrators.
create function app.audit_is_for_workos(action text) returns boolean
language sql immutable parallel restricted
return action = any (array[
  'MEDICAL_RECORD_CREATED', 'MEDICAL_RECORD_VIEWED', 'MEDICAL_RECORD_UPDATED', 'MEDICAL_RECORD_DELETED',
  'MEDICAL_RECORDS_EXPORTED', 'RECORD_UNDECRYPTABLE', 'HEALTH_DATA_ACCESSED', 'HEALTH_DATA_EXPORTED',
  'PRACTITIONER_AGREEMENT_ACCEPTED',
  'SESSION_SIGNED_IN', 'SESSION_SIGNED_OUT', 'SESSION_REVOKED', 'ORGANIZATION_CREATED', 'ORGANIZATION_SWITCHED',
  'ORG_MEMBER_INVITED', 'ORG_MEMBER_ADDED', 'ORG_MEMBER_ROLE_CHANGED', 'ORG_MEMBER_SUSPENDED', 'ORG_MEMBER_REMOVED',
  'ORG_SETTINGS_UPDATED', 'ORG_SUBSCRIPTION_CHANGED',
  'UNAUTHORIZED_ACCESS_ATTEMPT', 'SUSPICIOUS_ACTIVITY_DETECTED', 'DATA_BREACH_DETECTED', 'SECURITY_ALERT_TRIGGERED',
  'AUDIT_LOG_VIEWED', 'AUDIT_LOG_EXPORTED', 'AUDIT_LOG_EXPORT_DOWNLOADED', 'AUDIT_RETENTION_APPLIED',
  'COMPLIANCE_REPORT_GENERATED', 'GDPR_DATA_REQUEST', 'GDPR_DATA_DELETION', 'ENCRYPTION_KEY_ROTATED'
]);

-- Appends one row to an organization's chain. `entry` holds what is told; the rest comes from here. `original_time`:
-- when it happened, of an imported row; it keeps that, and its place in the chain is in its metadata.
--
-- The end of the chain is locked until the transaction ends, two seconds at most are spent waiting for it, and time is
-- taken under the lock: so order in seq, in time and of commits agree. Whoever writes to several organizations does it
-- in the order of their ids.
create function app.audit_write(entry public.audit_logs, original_time timestamptz) returns void
language plpgsql volatile parallel unsafe
set lock_timeout = '2s'
as $function$
declare
  head record;
  appended_at timestamptz;
  workos_org_id text;
begin
  loop
    select h.seq, h.hash, h.created_at into head from public.audit_heads h where h.org_id = entry.org_id for update;
    exit when found;
    insert into public.audit_heads (org_id, seq, hash, created_at)
    values (entry.org_id, 0, app.audit_genesis(entry.org_id), to_timestamp(0))
    on conflict (org_id) do nothing;
  end loop;
  appended_at := greatest(clock_timestamp(), head.created_at + interval '1 microsecond');
  if original_time is null and entry.metadata ? 'imported_at' then
    raise exception 'only an imported row is called one' using errcode = 'EL012';
  elsif original_time > appended_at then
    raise exception 'an imported row is of a time to come' using errcode = 'EL012';
  elsif original_time is not null then
    entry.metadata := coalesce(entry.metadata, '{}') || jsonb_build_object(
      'imported_at', to_char(appended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    );
  end if;

  entry.id := gen_random_uuid();
  entry.seq := head.seq + 1;
  entry.created_at := coalesce(original_time, appended_at);
  -- Each of the two has 122 random bits, from the server's cryptographic generator.
  entry.salt := substr(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 1, 16);
  entry.prev_hash := head.hash;
  entry.hash := app.audit_hash(entry);

  insert into public.audit_logs (
    org_id, seq, created_at, id, workos_user_id, actor_type, impersonator, action, resource_type, resource_id, outcome,
    old_values, new_values, ip_address, user_agent, request_id, metadata, salt, prev_hash, hash
  )
  values (
    entry.org_id, entry.seq, entry.created_at, entry.id, entry.workos_user_id, entry.actor_type, entry.impersonator,
    entry.action, entry.resource_type, entry.resource_id, entry.outcome, entry.old_values, entry.new_values,
    entry.ip_address, entry.user_agent, entry.request_id, entry.metadata, entry.salt, entry.prev_hash, entry.hash
  );
  update public.audit_heads h
     set seq = entry.seq, hash = entry.hash, created_at = appended_at
   where h.org_id = entry.org_id;

  if original_time is null and app.audit_is_for_workos(entry.action) then
    select o.workos_org_id into workos_org_id from public.organizations o where o.id = entry.org_id;
    if workos_org_id is not null then
      -- The id of the row is the idempotency key at WorkOS. Values and metadata stay here.
      insert into public.workos_audit_outbox (id, org_id, event)
      values (entry.id, entry.org_id, jsonb_build_object(
        'action', lower(entry.action),
        'occurred_at', to_char(entry.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'actor', jsonb_build_object('type', entry.actor_type, 'id', coalesce(entry.workos_user_id, 'eleva')),
        'targets', jsonb_build_array(
          jsonb_build_object('type', entry.resource_type, 'id', coalesce(entry.resource_id, workos_org_id))
        ),
        'context', jsonb_strip_nulls(jsonb_build_object(
          'location', coalesce(host(entry.ip_address), 'unknown'), 'user_agent', entry.user_agent
        )),
        'metadata', jsonb_strip_nulls(jsonb_build_object(
          'outcome', entry.outcome, 'request_id', entry.request_id,
          'impersonated', case when entry.impersonator is not null then 'true' end
        ))
      ));
    end if;
  end if;
end
$function$;

-- Appends what the asking user did. Raises EL009 without a context, EL011 for what no user does.
create function app.audit_append(
  action text, resource_type text, resource_id text, outcome text, old_values jsonb, new_values jsonb, metadata jsonb,
  ip_address inet, user_agent text, request_id text
)
returns void
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  payload constant jsonb := app.context_payload();
  entry public.audit_logs;
begin
  if payload is null then
    raise exception 'no organization context in this transaction' using errcode = 'EL009';
  elsif action <> all (app.audit_actions('scope')) then
    raise exception 'this is not written within a scope' using errcode = 'EL011';
  end if;
  entry.org_id := payload ->> 'org_id';
  entry.workos_user_id := payload ->> 'user_id';
  entry.actor_type := 'user';
  entry.impersonator := payload ->> 'impersonator';
  entry.action := action;
  entry.resource_type := resource_type;
  entry.resource_id := resource_id;
  entry.outcome := outcome;
  entry.old_values := old_values;
  entry.new_values := new_values;
  entry.metadata := metadata;
  entry.ip_address := ip_address;
  entry.user_agent := user_agent;
  entry.request_id := request_id;
  perform app.audit_write(entry, null);
end
$function$;

-- Appends what happened outside of any scope: what somebody did (`workos_user_id`), or what the system or an operator
-- did by itself. Raises EL011 for what the login may not write.
create function app.audit_system(
  org_id uuid, workos_user_id text, impersonator text, action text, resource_type text, resource_id text, outcome text,
  old_values jsonb, new_values jsonb, metadata jsonb, ip_address inet, user_agent text, request_id text
)
returns void
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  is_function constant boolean := session_user in ('eleva_identity', 'eleva_exporter');
  entry public.audit_logs;
begin
  if is_function and action <> all (app.audit_actions(session_user)) then
    raise exception 'this login does not write this' using errcode = 'EL011';
  end if;
  entry.org_id := org_id;
  entry.workos_user_id := workos_user_id;
  entry.actor_type := case
    when not is_function then 'operator'
    when workos_user_id is null then 'system'
    else 'user'
  end;
  entry.impersonator := impersonator;
  entry.action := action;
  entry.resource_type := resource_type;
  entry.resource_id := resource_id;
  entry.outcome := outcome;
  entry.old_values := old_values;
  entry.new_values := new_values;
  entry.metadata := metadata;
  entry.ip_address := ip_address;
  entry.user_agent := user_agent;
  entry.request_id := request_id;
  perform app.audit_write(entry, null);
end
$function$;

-- Appends a row of the time before this trail.
create function app.audit_import(
  org_id uuid, original_time timestamptz, workos_user_id text, action text, resource_type text, resource_id text,
  outcome text, old_values jsonb, new_values jsonb, metadata jsonb, ip_address inet, user_agent text
)
returns void
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  entry public.audit_logs;
begin
  if original_time is null then
    raise exception 'an imported row has a time of its own' using errcode = 'EL012';
  end if;
  entry.org_id := org_id;
  entry.workos_user_id := workos_user_id;
  entry.actor_type := case when workos_user_id is null then 'system' else 'user' end;
  entry.action := action;
  entry.resource_type := resource_type;
  entry.resource_id := resource_id;
  entry.outcome := outcome;
  entry.old_values := old_values;
  entry.new_values := new_values;
  entry.metadata := metadata;
  entry.ip_address := ip_address;
  entry.user_agent := user_agent;
  perform app.audit_write(entry, original_time);
end
$function$;

-- Appends that somebody was refused: whom signed claims name, in the organization that they name (the platform's where
-- they name none of ours). They need not be in force, which may be the reason, but of the last thirty days. Of one user's refusals on a route within
-- a minute only the first gets a row; the others are counted, and the user's next row on that route tells how many.
-- Answers whether there is a row. Raises EL001, EL002 and EL003 as app.check_claims does.
create function app.audit_refusal(
  claims text, mac bytea, route text, metadata jsonb, ip_address inet, user_agent text, request_id text
)
returns boolean
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $function$
declare
  claim jsonb;
  entry public.audit_logs;
  now_minute constant timestamptz := date_trunc('minute', clock_timestamp());
  counted bigint;
  earlier record;
begin
  -- As in app.check_claims, a key exists only inside the query over its table.
  if not exists (
    select
      from public.begin_keys k
     where sha256(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(claims, 'UTF8')))) = sha256(mac)
  ) then
    raise exception 'the claims are not signed by a key of the ring' using errcode = 'EL001';
  end if;
  begin
    claim := claims::jsonb;
  exception
    when data_exception or program_limit_exceeded then claim := null;
  end;
  if jsonb_typeof(claim -> 'sub') is distinct from 'string' or claim ->> 'sub' = ''
    or jsonb_typeof(claim -> 'exp') is distinct from 'number'
  then
    raise exception 'the claims are malformed' using errcode = 'EL002';
  elsif (claim ->> 'exp')::numeric + 2592000 <= extract(epoch from clock_timestamp()) then
    raise exception 'the claims are of more than thirty days ago' using errcode = 'EL003';
  end if;

  entry.org_id := coalesce(
    (select o.id from public.organizations o where o.workos_org_id = claim ->> 'org_id'),
    (select o.id from public.organizations o where o.type = 'platform')
  );
  entry.workos_user_id := claim ->> 'sub';

  insert into public.audit_refusals as r (org_id, workos_user_id, route, minute)
  values (entry.org_id, entry.workos_user_id, route, now_minute)
  on conflict on constraint audit_refusals_pkey do update set refusals = r.refusals + 1
  returning r.refusals into counted;
  if counted > 1 then
    return false;
  end if;

  select r.minute, r.refusals - 1 as further
    into earlier
    from public.audit_refusals r
   where r.org_id = entry.org_id
     and r.workos_user_id = entry.workos_user_id
     and r.route = audit_refusal.route
     and r.minute < now_minute
   order by r.minute desc
   limit 1;
  entry.actor_type := 'user';
  entry.impersonator := claim #>> '{act,sub}';
  entry.action := 'UNAUTHORIZED_ACCESS_ATTEMPT';
  entry.resource_type := 'security';
  entry.outcome := 'failure';
  entry.metadata := coalesce(metadata, '{}') || jsonb_build_object('route', route);
  if earlier.further > 0 then
    entry.metadata := entry.metadata || jsonb_build_object(
      'further_refusals', earlier.further,
      'in_minute', to_char(earlier.minute at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')
    );
  end if;
  entry.ip_address := ip_address;
  entry.user_agent := user_agent;
  entry.request_id := request_id;
  perform app.audit_write(entry, null);
  return true;
end
$function$;

-- The refusals of an organization that have no row of their own, by whom and minute; `until` is not included.
create function app.audit_further_refusals(org_id uuid, since timestamptz, until timestamptz)
returns table (workos_user_id text, minute timestamptz, refusals bigint)
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  return query
    select r.workos_user_id, r.minute, sum(r.refusals - 1)::bigint
      from public.audit_refusals r
     where r.org_id = audit_further_refusals.org_id
       and r.minute >= since
       and r.minute < until
       and r.refusals > 1
     group by r.workos_user_id, r.minute;
end
$function$;

alter function app.audit_field(bytea) owner to eleva_definer;
alter function app.audit_field(text) owner to eleva_definer;
alter function app.audit_genesis(uuid) owner to eleva_definer;
alter function app.audit_hash(audit_logs) owner to eleva_definer;
alter function app.audit_actions(text) owner to eleva_definer;
alter function app.audit_is_for_workos(text) owner to eleva_definer;
alter function app.audit_write(audit_logs, timestamptz) owner to eleva_definer;
alter function app.audit_append(text, text, text, text, jsonb, jsonb, jsonb, inet, text, text) owner to eleva_definer;
alter function app.audit_system(uuid, text, text, text, text, text, text, jsonb, jsonb, jsonb, inet, text, text)
  owner to eleva_definer;
alter function app.audit_import(uuid, timestamptz, text, text, text, text, text, jsonb, jsonb, jsonb, inet, text)
  owner to eleva_definer;
alter function app.audit_refusal(text, bytea, text, jsonb, inet, text, text) owner to eleva_definer;
alter function app.audit_further_refusals(uuid, timestamptz, timestamptz) owner to eleva_definer;

grant usage on schema app to eleva_identity;
grant execute on function app.audit_append(text, text, text, text, jsonb, jsonb, jsonb, inet, text, text)
  to authenticated;
grant execute on function
  app.audit_system(uuid, text, text, text, text, text, text, jsonb, jsonb, jsonb, inet, text, text)
  to eleva_identity, eleva_exporter, current_user;
grant execute on function
  app.audit_import(uuid, timestamptz, text, text, text, text, text, jsonb, jsonb, jsonb, inet, text)
  to current_user;
grant execute on function app.audit_refusal(text, bytea, text, jsonb, inet, text, text) to eleva_app;
grant execute on function app.audit_further_refusals(uuid, timestamptz, timestamptz) to eleva_exporter;

call refinery.release_definer();

-- Makes the trail's partitions of the quarters (UTC) from `first` to `last` that are missing. A partition is attached
-- when it is complete: made in its place, it would wait for everybody who reads the trail, and whoever writes for it.
create procedure app.create_audit_partitions(first timestamptz, last timestamptz)
language plpgsql
as $procedure$
declare
  month timestamp;
  partition text;
begin
  -- Two who do this at once would both find one missing.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('app.create_audit_partitions', 0));
  for month in
    select pg_catalog.generate_series(
      pg_catalog.date_trunc('quarter', first at time zone 'UTC'),
      pg_catalog.date_trunc('quarter', last at time zone 'UTC'),
      interval '3 months'
    )
  loop
    partition := pg_catalog.format('audit_logs_%s', pg_catalog.to_char(month, 'YYYY"q"Q'));
    continue when pg_catalog.to_regclass('public.' || partition) is not null;
    execute pg_catalog.format('create table public.%I (like public.audit_logs including all)', partition);
    execute pg_catalog.format(
      'alter table public.%I enable row level security, force row level security', partition
    );
    -- Whatever the session's time zone and date style are.
    execute pg_catalog.format(
      'alter table public.audit_logs attach partition public.%I for values from (%L) to (%L)',
      partition,
      pg_catalog.to_char(month, 'YYYY-MM-DD" 00:00:00+00"'),
      pg_catalog.to_char(month + interval '3 months', 'YYYY-MM-DD" 00:00:00+00"')
    );
  end loop;
end
$procedure$;

-- Makes sure that the trail has partitions for this quarter and the five after it, so that whoever calls this may fail
-- to for a year. It is the owner's, since only the owner makes tables.
create function app.ensure_audit_partitions() returns void
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $function$
begin
  call app.create_audit_partitions(now(), now() + interval '15 months');
end
$function$;

grant execute on function app.ensure_audit_partitions() to eleva_exporter;

-- The quarters that began since the first partitions were made.
select app.ensure_audit_partitions();
