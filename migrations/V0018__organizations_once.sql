-- Whose memberships a person sees is said once, by the policy of memberships: the policy of organizations, which asks
-- them, repeated it, and so neither could be found missing.

alter policy organizations_tenant_select on organizations
  using (id = any (array(select m.org_id from user_org_memberships m where m.status = 'active')));
