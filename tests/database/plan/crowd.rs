//! A database in which every organization's rows are few among many, so that the planner has a choice: an empty table
//! proves nothing about its plans.
//!
//! The rows are made from the catalogue, so that a new table has its own. They are of the right types and belong to
//! members of organizations; what else is asked of them is lifted, because no plan looks at it.

use tokio_postgres::Client;

use crate::app::{TestApp, connect_directly, world};

/// Organizations of two members each.
const CLINICS: u32 = 4_000;
/// Rows of each table that has an org_id; fewer where there is one for a member or an organization.
const ROWS: u32 = 12_000;

const PEOPLE: &str = "
    set timezone = 'UTC';
    -- Neither foreign keys nor triggers of tables.
    set session_replication_role = replica;

    insert into organizations (workos_org_id, slug, name, type)
    select 'org_' || n, 'clinic-' || n, 'A clinic', 'clinic' from generate_series(1, {clinics}) as n;

    insert into users (workos_user_id, email)
    select 'user_' || n, 'person-' || n || '@clinics.example' from generate_series(1, 2 * {clinics}) as n;

    insert into user_org_memberships (workos_user_id, org_id, workos_membership_id, role, status)
    select 'user_' || n, o.id, 'om_' || n, 'member', 'active'
      from generate_series(1, 2 * {clinics}) as n
      join organizations o on o.slug = 'clinic-' || (n + 1) / 2;

    create temporary table member as
    select row_number() over (order by workos_user_id) as number, org_id, workos_user_id
      from user_org_memberships
     where status = 'active'";

/// Constraints that rows without meaning would break.
const CHECKS: &str = "
    select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname)
      from pg_constraint c
     where c.contype = 'c' and c.coninhcount = 0 and c.connamespace = 'public'::regnamespace";

/// Moments are spread over the eighteen months from the beginning of this quarter, so that every partition has its
/// rows. A column's number makes an end later than its beginning.
const INSERTS: &str = "
    select format(
             'insert into %s (%s) select %s from generate_series(1, {rows}) as n
                join member on member.number = 1 + n %% (select count(*) from member)
              on conflict do nothing',
             c.oid::regclass,
             string_agg(quote_ident(a.attname), ', ' order by a.attnum),
             string_agg(
               case
                 when a.attname = 'org_id' then 'member.org_id'
                 when a.attname in ('workos_user_id', 'expert_id') then 'member.workos_user_id'
                 else case format_type(a.atttypid, null)
                   when 'uuid' then 'gen_random_uuid()'
                   when 'text' then format('%L || n', a.attname || '-')
                   when 'text[]' then 'array[''one'']'
                   when 'boolean' then 'n % 2 = 0'
                   when 'integer' then 'n'
                   when 'bigint' then 'n'
                   when 'timestamp with time zone' then format(
                     'date_trunc(''quarter'', now()) + n * interval ''65 minutes'' + interval ''%s seconds''', a.attnum
                   )
                   when 'date' then 'current_date + n'
                   when 'time without time zone' then format('make_time(n %% 24, n %% 60, %s)', a.attnum)
                   when 'bytea' then 'sha256(n::text::bytea)'
                   when 'jsonb' then '''{}'''
                   when 'inet' then '''192.0.2.1'''
                   else format('no_value_is_known_for(%L)', a.attname)
                 end
               end,
               ', ' order by a.attnum
             )
           )
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> 'user_org_memberships'
       and exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'org_id')
       and a.attidentity = '' and a.attgenerated = ''
     group by c.oid";

/// What holds rows of organizations, or of people, and how many.
const TENANT_TABLES: &str = "
    select c.relname::text, c.relkind::text, c.reltuples::double precision
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and (c.relname in ('organizations', 'users')
            or exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'org_id'))";

/// A test's database with the crowd in it.
pub(super) struct Crowd {
    pub(super) app: TestApp,
    /// The superuser, in the test's database.
    pub(super) superuser: Client,
    /// The tables that hold rows of organizations or people, and their partitions.
    pub(super) tenant_tables: Vec<String>,
}

impl Crowd {
    pub(super) async fn gather() -> Self {
        let app = TestApp::start().await;
        let superuser = connect_directly(&world().superuser_url(app.database())).await;
        for statement in texts(&superuser, CHECKS).await {
            superuser.batch_execute(&statement).await.expect("checks can be lifted");
        }
        let people = PEOPLE.replace("{clinics}", &CLINICS.to_string());
        superuser.batch_execute(&people).await.expect("people and their organizations");
        for insert in texts(&superuser, &INSERTS.replace("{rows}", &ROWS.to_string())).await {
            superuser.batch_execute(&insert).await.unwrap_or_else(|error| panic!("{error:?}: {insert}"));
        }
        superuser.batch_execute("vacuum (analyze)").await.expect("the planner knows how many there are");

        let mut tenant_tables = Vec::new();
        for row in superuser.query(TENANT_TABLES, &[]).await.expect("the catalogue") {
            let (name, kind, rows): (String, String, f64) = (row.get(0), row.get(1), row.get(2));
            // A partitioned table's are those of its partitions.
            assert!(kind == "p" || rows >= 1_000.0, "{name} has {rows} rows: too few to plan for");
            tenant_tables.push(name);
        }
        Self { app, superuser, tenant_tables }
    }
}

/// The first column of every row.
pub(super) async fn texts(client: &Client, query: &str) -> Vec<String> {
    let rows = client.query(query, &[]).await.unwrap_or_else(|error| panic!("{error:?}: {query}"));
    rows.iter().map(|row| row.get(0)).collect()
}
