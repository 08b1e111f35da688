-- Who is asking: app.begin takes signed claims and leaves a context for this transaction; app.user_id, app.org_id and
-- app.role read it.
--
-- Settings can be forged by set_config from the same session. The context therefore carries an HMAC over backend,
-- transaction and payload, under a key that only eleva_definer reads, and is verified at every reading.
--
-- Two rules for the functions below. A key, or the HMAC of a payload that is not verified yet, exists only inside one
-- query over the key's table and never in a variable: a session may have plans printed, and a variable is a constant
-- there. Functions that depend on the backend's pid are PARALLEL RESTRICTED, because a parallel worker has another.

call refinery.assume_definer();

-- The virtual id of this transaction, when its context is made by the very message that began it; null otherwise.
--
-- A context is bound to backend and start of its transaction. All transactions of one simple-query message, however,
-- have the same start. The virtual id tells those apart too, but looking it up costs more than the rest of the
-- verification, and a message of its own for BEGIN, as the functions send it, makes it unnecessary.
create function app.virtual_transaction() returns text
language sql volatile parallel restricted
return (
  select l.virtualtransaction
    from pg_locks l
   where l.locktype = 'virtualxid' and l.pid = pg_backend_pid()
);

-- The payload of app.context, or null unless app.begin made it in this transaction. What is compared are hashes of
-- the HMACs, so that the time a comparison takes says nothing about them.
create function app.context_payload() returns jsonb
language plpgsql stable parallel restricted
as $function$
declare
  context constant text := current_setting('app.context', true);
  verified text;
  payload jsonb;
  made_in text;
begin
  verified := (
    select substr(context, 65)
      from public.context_key k
     where sha256(convert_to(left(context, 64), 'UTF8')) = sha256(convert_to(encode(
             sha256(k.outer_pad || sha256(k.inner_pad || convert_to(concat_ws(
               ' ', pg_backend_pid(), extract(epoch from transaction_timestamp()), substr(context, 65)
             ), 'UTF8'))),
             'hex'
           ), 'UTF8'))
  );
  payload := verified::jsonb;
  made_in := payload ->> 'virtual_transaction';
  if made_in is not null and made_in <> app.virtual_transaction() then
    return null;
  end if;
  return payload;
end
$function$;

-- One field of the verified context. Raises EL009 without one.
create function app.context_field(name text) returns text
language plpgsql stable parallel restricted
as $function$
declare
  payload constant jsonb := app.context_payload();
begin
  if payload is null then
    raise exception 'no organization context in this transaction' using errcode = 'EL009';
  end if;
  return payload ->> name;
end
$function$;

-- The WorkOS id of the user who is asking.
create function app.user_id() returns text
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  return app.context_field('user_id');
end
$function$;

-- The organization that is asked about.
create function app.org_id() returns uuid
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  return app.context_field('org_id')::uuid;
end
$function$;

-- The role of the asking user's membership in that organization.
create function app.role() returns text
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp
as $function$
begin
  return app.context_field('role');
end
$function$;

-- Checks signed claims and answers the context that they give. Refusals:
-- EL001 no key of the ring made the mac · EL002 malformed claims · EL003 expired · EL004 organization unknown or
-- deleted · EL005 no active membership · EL006 session revoked · EL007 the login bypasses row-level security ·
-- EL008 this transaction has a context already · EL010 user unknown or deleted.
create function app.check_claims(claims text, mac bytea)
returns table (org_id uuid, role text, context text)
language plpgsql volatile parallel unsafe security definer
set search_path = pg_catalog, pg_temp
as $function$
declare
  claim jsonb;
  expires_at numeric;
  asking record;
  payload text;
begin
  if app.context_payload() is not null then
    raise exception 'app.begin was called before in this transaction' using errcode = 'EL008';
  end if;

  if exists (
    select from pg_roles r where r.rolname = session_user and (r.rolsuper or r.rolbypassrls)
  ) then
    raise exception 'the login role bypasses row-level security' using errcode = 'EL007';
  end if;

  if not exists (
    select
      from public.begin_keys k
     where sha256(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(claims, 'UTF8')))) = sha256(mac)
  ) then
    raise exception 'the claims are not signed by a key of the ring' using errcode = 'EL001';
  end if;

  begin
    claim := claims::jsonb;
    if jsonb_typeof(claim -> 'exp') = 'number' then
      expires_at := (claim ->> 'exp')::numeric;
    end if;
  exception
    -- Class 54 is nesting deeper than the stack.
    when data_exception or program_limit_exceeded then claim := null;
  end;
  if jsonb_typeof(claim) is distinct from 'object'
    or jsonb_typeof(claim -> 'sub') is distinct from 'string' or claim ->> 'sub' = ''
    or jsonb_typeof(claim -> 'sid') is distinct from 'string' or claim ->> 'sid' = ''
    or jsonb_typeof(claim -> 'org_id') is distinct from 'string' or claim ->> 'org_id' = ''
    or expires_at is null
    or claim ? 'act' and (
      jsonb_typeof(claim #> '{act,sub}') is distinct from 'string' or claim #>> '{act,sub}' = ''
    )
  then
    raise exception 'the claims are malformed' using errcode = 'EL002';
  end if;

  -- Five seconds for clocks that disagree, as in the verification of the access token.
  if expires_at + 5 <= extract(epoch from clock_timestamp()) then
    raise exception 'the claims have expired' using errcode = 'EL003';
  end if;

  select u.workos_user_id, o.id as org_id, m.role, r.sid is not null as is_revoked
    into strict asking
    from (select) as claimed
    left join public.users u
      on u.workos_user_id = claim ->> 'sub' and u.deleted_at is null
    left join public.organizations o
      on o.workos_org_id = claim ->> 'org_id' and o.deleted_at is null
    left join public.user_org_memberships m
      on m.org_id = o.id and m.workos_user_id = u.workos_user_id and m.status = 'active'
    left join public.revoked_sessions r
      on r.sid = claim ->> 'sid';

  if asking.workos_user_id is null then
    raise exception 'the user is unknown or deleted' using errcode = 'EL010';
  elsif asking.is_revoked then
    raise exception 'the session is revoked' using errcode = 'EL006';
  elsif asking.org_id is null then
    raise exception 'the organization is unknown or deleted' using errcode = 'EL004';
  elsif asking.role is null then
    raise exception 'the user has no active membership in the organization' using errcode = 'EL005';
  end if;

  payload := jsonb_build_object(
    'user_id', asking.workos_user_id,
    'org_id', asking.org_id,
    'role', asking.role,
    'session_id', claim ->> 'sid',
    'impersonator', claim #>> '{act,sub}',
    'virtual_transaction',
    case when statement_timestamp() = transaction_timestamp() then app.virtual_transaction() end
  )::text;
  return query
    select asking.org_id, asking.role, encode(
             sha256(k.outer_pad || sha256(k.inner_pad || convert_to(concat_ws(
               ' ', pg_backend_pid(), extract(epoch from transaction_timestamp()), payload
             ), 'UTF8'))),
             'hex'
           ) || payload
      from public.context_key k;
end
$function$;

-- Opens the caller's scope for the rest of this transaction: context, claims and the role `authenticated`. Runs with
-- the caller's rights, since a definer function can set neither the role nor the claims of Neon's extension; what it
-- calls is therefore named with its schema. Pins search_path as well: a session behind a pooler may have been left
-- with another.
create function app.begin(claims text, mac bytea)
returns table (org_id uuid, role text)
language plpgsql volatile parallel unsafe security invoker
as $function$
declare
  granted record;
begin
  select c.org_id, c.role, c.context into strict granted from app.check_claims(claims, mac) as c;
  perform pg_catalog.set_config('app.context', granted.context, true);
  perform pg_catalog.set_config('request.jwt.claims', claims, true);
  perform pg_catalog.set_config('search_path', 'public, pg_temp', true);
  perform pg_catalog.set_config('role', 'authenticated', true);
  org_id := granted.org_id;
  role := granted.role;
  return next;
end
$function$;

alter function app.virtual_transaction() owner to eleva_definer;
alter function app.context_payload() owner to eleva_definer;
alter function app.context_field(text) owner to eleva_definer;
alter function app.user_id() owner to eleva_definer;
alter function app.org_id() owner to eleva_definer;
alter function app.role() owner to eleva_definer;
alter function app.check_claims(text, bytea) owner to eleva_definer;

grant execute on function app.begin(text, bytea), app.check_claims(text, bytea) to eleva_app;
grant execute on function app.user_id(), app.org_id(), app.role() to authenticated;

call refinery.release_definer();
