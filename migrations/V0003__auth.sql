-- auth.user_id() and auth.session(): Neon's convention for who is asking, from the setting request.jwt.claims, which
-- app.begin sets. For whatever knows that convention; no policy depends on it, because a session can set it.

do $auth$
begin
  -- The extension brings its own schema and fails where one exists, so it is tried first.
  if exists (select from pg_available_extensions e where e.name = 'pg_session_jwt') then
    create extension if not exists pg_session_jwt;
    begin
      grant usage on schema auth to authenticated;
    exception
      -- Installed with a superuser's rights, the schema may be a superuser's.
      when insufficient_privilege then
        raise warning 'the schema auth of pg_session_jwt is not ours to grant to authenticated';
    end;
  else
    create schema auth;

    create function auth.session() returns jsonb
    language sql stable parallel safe
    -- After a transaction that set it, a setting is '' and not NULL.
    return nullif(current_setting('request.jwt.claims', true), '')::jsonb;

    create function auth.user_id() returns text
    language sql stable parallel safe
    return auth.session() ->> 'sub';

    grant usage on schema auth to authenticated;
    grant execute on function auth.session(), auth.user_id() to authenticated;
  end if;
end
$auth$;
