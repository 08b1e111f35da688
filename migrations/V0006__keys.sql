-- The keys of app.begin and of the context it leaves, readable by eleva_definer only.
--
-- Keys of HMAC-SHA-256 (RFC 2104), kept as the key XORed with the two pads, so that core's sha256() suffices:
-- HMAC(key, message) = sha256(outer_pad || sha256(inner_pad || message)).

-- The ring BEGIN_KEYS, which signs the claims that app.begin takes. `cargo ops migrate` writes it.
create table begin_keys (
  kid text primary key,
  inner_pad bytea not null,
  outer_pad bytea not null,
  created_at timestamptz not null default now(),
  constraint begin_keys_kid_check check (kid ~ '^[A-Za-z0-9_-]{1,16}$'),
  constraint begin_keys_inner_pad_check check (octet_length(inner_pad) = 64),
  constraint begin_keys_outer_pad_check check (octet_length(outer_pad) = 64)
);

-- The key that signs contexts: one row, made here, known to no one.
create table context_key (
  singleton boolean primary key default true,
  inner_pad bytea not null,
  outer_pad bytea not null,
  created_at timestamptz not null default now(),
  constraint context_key_singleton_check check (singleton),
  constraint context_key_inner_pad_check check (octet_length(inner_pad) = 64),
  constraint context_key_outer_pad_check check (octet_length(outer_pad) = 64)
);

do $key$
declare
  -- 122 random bits each, from the server's cryptographic generator.
  key bytea := sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
  );
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
begin
  for i in 0..31 loop
    inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # get_byte(key, i));
    outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # get_byte(key, i));
  end loop;
  insert into context_key (inner_pad, outer_pad) values (inner_pad, outer_pad);
end
$key$;

alter table begin_keys enable row level security, force row level security;
alter table context_key enable row level security, force row level security;

grant select on begin_keys, context_key to eleva_definer;

create policy begin_keys_definer_select on begin_keys for select to eleva_definer using (true);
create policy context_key_definer_select on context_key for select to eleva_definer using (true);
