-- The audit trail, what is exported of it, and what is counted in it.
--
-- No login role writes a row of the trail: no INSERT is granted to anybody.

-- The organization that a transaction of eleva_exporter is about; null unless app.export_begin said which. It guards
-- against our own mistakes and not against the exporter, who may set it.
create function app.export_org_id() returns uuid
language plpgsql stable parallel restricted
as $function$
begin
  return nullif(pg_catalog.current_setting('app.export_org_id', true), '')::uuid;
end
$function$;

-- Says which organization's trail the rest of this transaction reads. Raises EL004 when there is no such organization.
create function app.export_begin(org_id uuid) returns void
language plpgsql volatile
as $function$
begin
  if not exists (select from public.organizations o where o.id = export_begin.org_id) then
    raise exception 'the organization is unknown' using errcode = 'EL004';
  end if;
  perform pg_catalog.set_config('app.export_org_id', export_begin.org_id::text, true);
end
$function$;

grant usage on schema app to eleva_exporter;
grant execute on function app.export_begin(uuid), app.export_org_id() to eleva_exporter;

create table audit_logs (
  org_id uuid not null,
  seq bigint not null,
  created_at timestamptz not null,
  id uuid not null,
  workos_user_id text,
  actor_type text not null,
  impersonator text,
  action text not null,
  resource_type text not null,
  resource_id text,
  outcome text not null,
  old_values jsonb,
  new_values jsonb,
  ip_address inet,
  user_agent text,
  request_id text,
  metadata jsonb,
  salt bytea not null,
  prev_hash bytea not null,
  hash bytea not null,
  -- Newest first, and in the order of the chain: times rise with seq.
  constraint audit_logs_pkey primary key (org_id, created_at, seq),
  constraint audit_logs_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint audit_logs_seq_check check (seq >= 1),
  constraint audit_logs_workos_user_id_check check (char_length(workos_user_id) between 1 and 100),
  constraint audit_logs_actor_type_check check (actor_type in ('user', 'system', 'operator')),
  constraint audit_logs_impersonator_check check (char_length(impersonator) between 1 and 320),
  constraint audit_logs_action_check check (
    action in (
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
      'SESSION_SIGNED_IN', 'SESSION_SIGNED_OUT', 'SESSION_REVOKED',
      'ORGANIZATION_CREATED', 'ORGANIZATION_SWITCHED',
      'ORG_MEMBER_INVITED', 'ORG_MEMBER_ADDED', 'ORG_MEMBER_ROLE_CHANGED', 'ORG_MEMBER_SUSPENDED',
      'ORG_MEMBER_REMOVED', 'ORG_SETTINGS_UPDATED', 'ORG_SUBSCRIPTION_CHANGED',
      'UNAUTHORIZED_ACCESS_ATTEMPT', 'SUSPICIOUS_ACTIVITY_DETECTED', 'DATA_BREACH_DETECTED',
      'SECURITY_ALERT_TRIGGERED',
      'AUDIT_LOG_VIEWED', 'AUDIT_LOG_EXPORTED', 'AUDIT_LOG_EXPORT_DOWNLOADED', 'AUDIT_RETENTION_APPLIED',
      'COMPLIANCE_REPORT_GENERATED', 'GDPR_DATA_REQUEST', 'GDPR_DATA_DELETION', 'ENCRYPTION_KEY_ROTATED',
      'LEGACY_IMPORTED'
    )
  ),
  constraint audit_logs_resource_type_check check (
    resource_type in (
      'medical_record', 'appointment', 'payment', 'prescription', 'health_data', 'lab_result', 'profile', 'event',
      'schedule', 'session', 'organization', 'user', 'subscription', 'security', 'compliance', 'audit_log',
      'encryption_key'
    )
  ),
  constraint audit_logs_resource_id_check check (char_length(resource_id) between 1 and 255),
  constraint audit_logs_outcome_check check (outcome in ('success', 'failure')),
  constraint audit_logs_old_values_check check (jsonb_typeof(old_values) = 'object'),
  constraint audit_logs_new_values_check check (jsonb_typeof(new_values) = 'object'),
  constraint audit_logs_user_agent_check check (char_length(user_agent) <= 500),
  constraint audit_logs_request_id_check check (char_length(request_id) between 1 and 100),
  constraint audit_logs_metadata_check check (jsonb_typeof(metadata) = 'object'),
  constraint audit_logs_salt_check check (octet_length(salt) = 16),
  constraint audit_logs_prev_hash_check check (octet_length(prev_hash) = 32),
  constraint audit_logs_hash_check check (octet_length(hash) = 32)
) partition by range (created_at);

create trigger audit_logs_org_id_immutable before update of org_id on audit_logs
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

-- This quarter (UTC) and the five after it. Row-level security of a partition holds when the partition itself is named;
-- nobody but the owner may name one.
do $partitions$
declare
  first_month constant timestamp := date_trunc('quarter', now() at time zone 'UTC');
  month timestamp;
  partition text;
begin
  for month in select generate_series(first_month, first_month + interval '15 months', interval '3 months') loop
    partition := format('audit_logs_%s', to_char(month, 'YYYY"q"Q'));
    execute format(
      'create table %I partition of audit_logs for values from (%L) to (%L)',
      partition, month at time zone 'UTC', (month + interval '3 months') at time zone 'UTC'
    );
    execute format('alter table %I enable row level security, force row level security', partition);
  end loop;
end
$partitions$;

-- The end of every organization's chain.
create table audit_heads (
  org_id uuid primary key,
  seq bigint not null,
  hash bytea not null,
  created_at timestamptz not null,
  constraint audit_heads_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint audit_heads_seq_check check (seq >= 0),
  constraint audit_heads_hash_check check (octet_length(hash) = 32)
);

-- Exports that were asked for, by somebody or by the schedule; the worker takes from here what is queued.
create table audit_log_exports (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  workos_user_id text,
  trigger text not null default 'requested',
  start_date timestamptz not null,
  end_date timestamptz not null,
  actions text[],
  resource_types text[],
  export_format text not null,
  reason text,
  status text not null default 'queued',
  error_code text,
  record_count bigint,
  file_size bigint,
  object_key text,
  sha256 bytea,
  manifest_key text,
  first_seq bigint,
  last_seq bigint,
  head_hash bytea,
  expires_at timestamptz,
  -- Where an interrupted run goes on.
  upload_id text,
  upload_parts jsonb,
  next_seq bigint,
  attempt integer not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint audit_log_exports_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint audit_log_exports_workos_user_id_fkey foreign key (org_id, workos_user_id)
    references user_org_memberships (org_id, workos_user_id) on delete restrict,
  constraint audit_log_exports_trigger_check check (
    case trigger
      when 'requested' then workos_user_id is not null and reason is not null
      when 'scheduled' then workos_user_id is null
      else false
    end
  ),
  constraint audit_log_exports_end_date_check check (end_date > start_date),
  constraint audit_log_exports_actions_check check (
    cardinality(actions) between 1 and 100 and array_ndims(actions) = 1 and array_position(actions, null) is null
    and octet_length(actions::text) <= 8192
  ),
  constraint audit_log_exports_resource_types_check check (
    cardinality(resource_types) between 1 and 100 and array_ndims(resource_types) = 1
    and array_position(resource_types, null) is null
    and octet_length(resource_types::text) <= 8192
  ),
  constraint audit_log_exports_export_format_check check (export_format in ('csv', 'jsonl')),
  constraint audit_log_exports_reason_check check (char_length(reason) between 3 and 500),
  constraint audit_log_exports_status_check check (status in ('queued', 'running', 'done', 'failed')),
  constraint audit_log_exports_error_code_check check (char_length(error_code) between 1 and 100),
  constraint audit_log_exports_record_count_check check (record_count >= 0),
  constraint audit_log_exports_file_size_check check (file_size >= 0),
  constraint audit_log_exports_object_key_check check (char_length(object_key) between 1 and 1024),
  constraint audit_log_exports_sha256_check check (octet_length(sha256) = 32),
  constraint audit_log_exports_manifest_key_check check (char_length(manifest_key) between 1 and 1024),
  constraint audit_log_exports_last_seq_check check (last_seq >= first_seq),
  constraint audit_log_exports_head_hash_check check (octet_length(head_hash) = 32),
  constraint audit_log_exports_upload_id_check check (char_length(upload_id) between 1 and 1024),
  constraint audit_log_exports_upload_parts_check check (jsonb_typeof(upload_parts) = 'array'),
  constraint audit_log_exports_attempt_check check (attempt >= 0)
);

-- One of the schedule's for a period, however often the schedule fires.
create unique index audit_log_exports_scheduled_key on audit_log_exports (org_id, start_date, end_date, export_format)
  where trigger = 'scheduled';
-- An organization's by time, and the queue.
create index audit_log_exports_list_idx on audit_log_exports (org_id, created_at, id);
create index audit_log_exports_queue_idx on audit_log_exports (created_at) where status in ('queued', 'running');

create table audit_stats (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null,
  date date not null,
  medical_record_access bigint not null default 0,
  appointment_events bigint not null default 0,
  payment_events bigint not null default 0,
  security_events bigint not null default 0,
  after_hours_access bigint not null default 0,
  mass_exports bigint not null default 0,
  suspicious_activity boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint audit_stats_org_id_date_key unique (org_id, date),
  constraint audit_stats_org_id_fkey foreign key (org_id) references organizations (id) on delete restrict,
  constraint audit_stats_medical_record_access_check check (medical_record_access >= 0),
  constraint audit_stats_appointment_events_check check (appointment_events >= 0),
  constraint audit_stats_payment_events_check check (payment_events >= 0),
  constraint audit_stats_security_events_check check (security_events >= 0),
  constraint audit_stats_after_hours_access_check check (after_hours_access >= 0),
  constraint audit_stats_mass_exports_check check (mass_exports >= 0)
);

create trigger audit_heads_org_id_immutable before update of org_id on audit_heads
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();
create trigger audit_log_exports_touch before update on audit_log_exports
  for each row execute function app.touch();
create trigger audit_log_exports_org_id_immutable before update of org_id on audit_log_exports
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();
create trigger audit_stats_touch before update on audit_stats
  for each row execute function app.touch();
create trigger audit_stats_org_id_immutable before update of org_id on audit_stats
  for each row when (new.org_id is distinct from old.org_id) execute function app.refuse_move();

alter table audit_logs enable row level security, force row level security;
alter table audit_heads enable row level security, force row level security;
alter table audit_log_exports enable row level security, force row level security;
alter table audit_stats enable row level security, force row level security;

grant select on audit_logs to authenticated, eleva_exporter;
grant select on audit_heads to eleva_exporter;
-- What comes of an export, its worker says.
grant select,
      insert (org_id, workos_user_id, start_date, end_date, actions, resource_types, export_format, reason)
   on audit_log_exports to authenticated;
grant select,
      insert (org_id, trigger, start_date, end_date, export_format),
      update (status, error_code, record_count, file_size, object_key, sha256, manifest_key, first_seq, last_seq,
              head_hash, expires_at, upload_id, upload_parts, next_seq, attempt, started_at, finished_at)
   on audit_log_exports to eleva_exporter;
grant select on audit_stats to authenticated;
grant select,
      insert (org_id, date, medical_record_access, appointment_events, payment_events, security_events,
              after_hours_access, mass_exports, suspicious_activity),
      update (medical_record_access, appointment_events, payment_events, security_events, after_hours_access,
              mass_exports, suspicious_activity)
   on audit_stats to eleva_exporter;

create policy audit_logs_tenant_select on audit_logs as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy audit_logs_administrator_select on audit_logs
  for select to authenticated
  using ((select app.role()) in ('owner', 'admin'));
create policy audit_logs_exporter_select on audit_logs
  for select to eleva_exporter
  using (org_id = (select app.export_org_id()));

create policy audit_heads_exporter_select on audit_heads
  for select to eleva_exporter
  using (true);

create policy audit_log_exports_tenant_select on audit_log_exports as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy audit_log_exports_tenant_insert on audit_log_exports as restrictive
  for insert to authenticated
  with check (org_id = (select app.org_id()));
create policy audit_log_exports_administrator_select on audit_log_exports
  for select to authenticated
  using ((select app.role()) in ('owner', 'admin'));
create policy audit_log_exports_administrator_insert on audit_log_exports
  for insert to authenticated
  with check (
    (select app.role()) in ('owner', 'admin')
    and workos_user_id = (select app.user_id())
    and trigger = 'requested'
  );
create policy audit_log_exports_exporter_select on audit_log_exports
  for select to eleva_exporter
  using (true);
create policy audit_log_exports_exporter_insert on audit_log_exports
  for insert to eleva_exporter
  with check (trigger = 'scheduled');
create policy audit_log_exports_exporter_update on audit_log_exports
  for update to eleva_exporter
  using (true)
  with check (true);

create policy audit_stats_tenant_select on audit_stats as restrictive
  for select to authenticated
  using (org_id = (select app.org_id()));
create policy audit_stats_administrator_select on audit_stats
  for select to authenticated
  using ((select app.role()) in ('owner', 'admin'));
create policy audit_stats_exporter_select on audit_stats
  for select to eleva_exporter
  using (true);
create policy audit_stats_exporter_insert on audit_stats
  for insert to eleva_exporter
  with check (true);
create policy audit_stats_exporter_update on audit_stats
  for update to eleva_exporter
  using (true)
  with check (true);
