-- Guest notes: PHI that is in no SELECT grant. Whoever the notes are for gets them, and what opens them, from the function
-- that records the reading.

grant select (id, org_id, workos_user_id, guest_workos_user_id, encrypted_guest_notes) on meetings to eleva_definer;
grant select (org_id, key_no, wrapped_key, wrapped_by) on org_keys to eleva_definer;

create policy meetings_definer_select on meetings for select to eleva_definer using (true);
create policy org_keys_definer_select on org_keys for select to eleva_definer using (true);

call refinery.assume_definer();

-- The organization of a meeting whose notes the asking user may read, else null: its expert within that
-- organization, and its guest wherever they are, while there is the organization. Nobody does in another's name. Raises
-- EL009 without a context.
create function app.guest_notes_org_id(meeting_id uuid) returns uuid
language plpgsql stable parallel restricted
as $function$
declare
  payload constant jsonb := app.context_payload();
begin
  if payload is null then
    raise exception 'no organization context in this transaction' using errcode = 'EL009';
  end if;
  return (
    select m.org_id
      from public.meetings m
      join public.organizations o on o.id = m.org_id and o.deleted_at is null
     where m.id = meeting_id
       and payload ->> 'impersonator' is null
       and (
         m.guest_workos_user_id = payload ->> 'user_id'
         or m.workos_user_id = payload ->> 'user_id'
           and m.org_id = (payload ->> 'org_id')::uuid
           and payload ->> 'role' in ('owner', 'admin', 'member')
       )
  );
end
$function$;

-- Appends to the trail of the organization whose meeting it is, which need not be the asking user's current one.
create function app.audit_guest_notes(
  org_id uuid, action text, meeting_id uuid, outcome text, metadata jsonb,
  ip_address inet, user_agent text, request_id text
)
returns void
language plpgsql volatile parallel unsafe
as $function$
declare
  entry public.audit_logs;
begin
  entry.org_id := org_id;
  entry.workos_user_id := app.context_field('user_id');
  entry.actor_type := 'user';
  entry.action := action;
  entry.resource_type := 'appointment';
  entry.resource_id := meeting_id;
  entry.outcome := outcome;
  entry.metadata := metadata;
  entry.ip_address := ip_address;
  entry.user_agent := user_agent;
  entry.request_id := request_id;
  perform app.audit_write(entry, null);
end
$function$;

-- The sealed notes of a meeting with the wrapped key that they name: one row for its expert and its guest, none for
-- anybody else. Notes that are handed out are recorded in the same breath, as APPOINTMENT_VIEWED. The key is null where
-- the organization has no such key.
create function app.guest_notes(meeting_id uuid, ip_address inet, user_agent text, request_id text)
returns table (encrypted_guest_notes bytea, key_no integer, wrapped_key bytea, wrapped_by text)
language plpgsql volatile parallel unsafe security definer rows 1
set search_path = pg_catalog, pg_temp
as $function$
declare
  notes_org_id constant uuid := app.guest_notes_org_id(meeting_id);
begin
  if notes_org_id is null then
    return;
  end if;
  return query
    select m.encrypted_guest_notes, k.key_no, k.wrapped_key, k.wrapped_by
      from public.meetings m
      left join public.org_keys k
        on k.org_id = m.org_id
       -- The second to the fifth byte of an envelope.
       and int4send(k.key_no) = substr(m.encrypted_guest_notes, 2, 4)
     where m.id = meeting_id;
  if exists (
    select from public.meetings m where m.id = meeting_id and m.encrypted_guest_notes is not null
  ) then
    perform app.audit_guest_notes(
      notes_org_id, 'APPOINTMENT_VIEWED', meeting_id, 'success', '{"fields": ["guest_notes"]}',
      ip_address, user_agent, request_id
    );
  end if;
end
$function$;

-- Records that the notes of a meeting, which app.guest_notes gave, did not open, and why: one of the four reasons that
-- eleva::phi knows. Nothing for anybody to whom it gave none.
create function app.report_guest_notes(
  meeting_id uuid, reason text, ip_address inet, user_agent text, request_id text
)
returns void
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  notes_org_id constant uuid := app.guest_notes_org_id(meeting_id);
begin
  if reason is null or reason not in ('malformed', 'unknown_key', 'wrapped_key', 'not_authentic') then
    raise exception 'there is no such reason' using errcode = 'invalid_parameter_value';
  end if;
  if notes_org_id is not null
    and exists (select from public.meetings m where m.id = meeting_id and m.encrypted_guest_notes is not null)
  then
    perform app.audit_guest_notes(
      notes_org_id, 'RECORD_UNDECRYPTABLE', meeting_id, 'failure',
      jsonb_build_object('field', 'guest_notes', 'reason', reason),
      ip_address, user_agent, request_id
    );
  end if;
end
$function$;

alter function app.guest_notes_org_id(uuid) owner to eleva_definer;
alter function app.audit_guest_notes(uuid, text, uuid, text, jsonb, inet, text, text) owner to eleva_definer;
alter function app.guest_notes(uuid, inet, text, text) owner to eleva_definer;
alter function app.report_guest_notes(uuid, text, inet, text, text) owner to eleva_definer;

grant execute on function
  app.guest_notes(uuid, inet, text, text), app.report_guest_notes(uuid, text, inet, text, text)
  to authenticated;

call refinery.release_definer();
