-- What a policy of organizations says, another one or its own other half said too, so that neither would be missed.

-- Whose memberships a person sees, the policy of memberships says.
alter policy organizations_tenant_select on organizations
  using (id = any (array(select m.org_id from user_org_memberships m where m.status = 'active')));

-- The role is the same before the update and after it.
alter policy organizations_administrator_update on organizations
  with check (true);
