-- What a policy of organizations says, another one says already, or its own other half; and texts that had no limit.

-- Whose memberships a person sees is left to the policy of memberships.
alter policy organizations_tenant_select on organizations
  using (id = any (array(select m.org_id from user_org_memberships m where m.status = 'active')));

-- The role is the same before the update and after it.
alter policy organizations_administrator_update on organizations
  with check (true);

alter table users
  add constraint users_stripe_customer_id_check check (char_length(stripe_customer_id) <= 255),
  add constraint users_stripe_connect_account_id_check check (char_length(stripe_connect_account_id) <= 255),
  add constraint users_stripe_identity_verification_id_check check (
    char_length(stripe_identity_verification_id) <= 255
  );
