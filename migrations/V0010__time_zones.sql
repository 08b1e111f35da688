-- What the tables of times stand on: a check of time zones, and equality in GiST indexes for exclusion constraints.

-- Whether a text is the name of a time zone in the IANA database: an area and a location (Europe/Lisbon, Etc/GMT+3), or
-- UTC. Abbreviations (BST) and POSIX rules (ABC+3), which the server understands too, are none. As on the server, case is no matter.
create function app.is_time_zone(name text) returns boolean
language plpgsql stable
as $function$
begin
  return name ~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_-]+){1,2}|Etc/GMT(\+([0-9]|1[0-2])|-([0-9]|1[0-4])))$'
     -- The server keeps its files twice more, in folders of these names.
     and name !~* '^(posix|right)/'
     and pg_catalog.timezone(name, timestamptz 'epoch') is not null;
exception
  when invalid_parameter_value then
    return false;
end
$function$;

-- To whoever writes a row that is checked, whatever column they write.
grant execute on function app.is_time_zone(text) to authenticated, eleva_identity;

-- In a schema of its own, which nobody may use: what it brings is executable by PUBLIC.
create schema extensions;
create extension btree_gist with schema extensions;
