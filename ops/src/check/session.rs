//! What the sessions of the login roles really have: a role's setting may be overridden for one database, a grant may
//! come through another role, and a password may be another than the functions are given.

use secrecy::SecretString;
use tokio_postgres::{Client, Error, error::SqlState};

use super::{drift::Drift, fact::Fact, manifest};
use crate::{
    database::{self, describe},
    settings::{LOGIN_ROLES, LoginRole, Settings, SettingsError},
};

/// A login role and the password that its functions are given.
pub(super) struct Login {
    role: &'static LoginRole,
    password: SecretString,
}

/// The role whose sessions reach no table by themselves.
const APP: &str = "eleva_app";

/// What no login may do, each tried and rolled back.
const FORBIDDEN: [(&str, &str); 3] = [
    ("making a schema", "create schema eleva_check"),
    ("making a table", "create table public.eleva_check ()"),
    ("making a temporary table", "create temporary table eleva_check ()"),
];

/// Everybody's sessions, whatever the role.
const SESSION: &str = "
    select session_user::pg_catalog.text, current_user::pg_catalog.text,
           pg_catalog.current_setting('row_security'),
           pg_catalog.current_setting('session_replication_role'),
           case when r.rolsuper then 'superuser' else 'no superuser' end,
           case when r.rolbypassrls then 'bypasses row security' else 'does not bypass row security' end
      from pg_catalog.pg_roles r
     where r.rolname = session_user";

const OWNED: &str = "
    select coalesce(string_agg(pg_describe_object(d.classid, d.objid, d.objsubid), ', '), 'nothing')
      from pg_catalog.pg_shdepend d
     where d.refclassid = 'pg_catalog.pg_authid'::regclass and d.refobjid = session_user::regrole and d.deptype = 'o'
       and d.dbid in (0, (select oid from pg_catalog.pg_database where datname = current_database()))";

/// Tables, views and sequences that the session may do something with, without becoming another role.
const REACHED: &str = "
    select coalesce(string_agg(c.oid::regclass::text, ', ' order by c.oid::regclass::text), 'none')
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (
         select
           from pg_catalog.pg_depend d
          where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
       )
       and case
             when c.relkind = 'S' then has_sequence_privilege(c.oid, 'usage, select, update')
             when c.relkind in ('r', 'p', 'v', 'm', 'f')
             then has_table_privilege(c.oid, 'select, insert, update, delete, truncate, references, trigger')
                  or has_any_column_privilege(c.oid, 'select, insert, update, references')
           end";

impl Login {
    /// All of them. Without its password there is no looking at what a role's session has.
    pub(super) fn all(settings: &Settings) -> Result<Vec<Self>, SettingsError> {
        let login = |role| {
            let password = settings.password(role)?.ok_or(SettingsError::Missing(role.password_setting))?;
            Ok(Self { role, password })
        };
        LOGIN_ROLES.iter().map(login).collect()
    }

    /// The role's name.
    pub(super) fn role(&self) -> &'static str {
        self.role.name
    }

    /// Logs in and looks.
    pub(super) async fn examine(&self, settings: &Settings) -> Result<Vec<Drift>, Error> {
        let setting = self.role.password_setting;
        let mut client = match database::connect_as(settings, self.role, &self.password).await {
            Ok(client) => client,
            // Something that an operator is to see beside everything else.
            Err(error) => {
                let drift = self.compare("login", &format!("with {setting}"), &error.to_string());
                return Ok(drift.into_iter().collect());
            }
        };
        let mut drift = self.examine_settings(&client).await?;
        // From here on names are looked up in no schema but the server's own.
        client.batch_execute("set search_path = ''").await?;
        drift.extend(self.examine_rights(&mut client).await?);
        if self.role.name == APP {
            let reached = client.query_one(REACHED, &[]).await?;
            drift.extend(self.compare("tables within reach by itself", "none", reached.try_get(0)?));
            let unsigned = client.batch_execute("select from app.begin('{}', '\\x00')").await;
            drift.extend(self.compare("app.begin with an unsigned claim", "EL001", &refusal(unsigned)));
        }
        Ok(drift)
    }

    async fn examine_settings(&self, client: &Client) -> Result<Vec<Drift>, Error> {
        let mut drift = Vec::new();
        let row = client.query_one(SESSION, &[]).await?;
        for (column, (aspect, expected)) in [
            ("session_user", self.role.name),
            ("current_user", self.role.name),
            ("row_security", "on"),
            ("session_replication_role", "origin"),
            ("superuser", "no superuser"),
            ("row security", "does not bypass row security"),
        ]
        .into_iter()
        .enumerate()
        {
            drift.extend(self.compare(aspect, expected, row.try_get(column)?));
        }
        for (name, value) in manifest::settings_of(self.role.name) {
            let found = client.query_one("select pg_catalog.current_setting($1)", &[&name]).await?;
            // A minute is 60s where it was set and 1min where it is shown: the server says what it makes of it.
            let expected = client.query_one("select pg_catalog.set_config($1, $2, true)", &[&name, &value]).await?;
            drift.extend(self.compare(&name, expected.try_get(0)?, found.try_get(0)?));
        }
        Ok(drift)
    }

    async fn examine_rights(&self, client: &mut Client) -> Result<Vec<Drift>, Error> {
        let mut drift = Vec::new();
        let owned = client.query_one(OWNED, &[]).await?;
        drift.extend(self.compare("possessions", "nothing", owned.try_get(0)?));
        let insufficient_privilege = SqlState::INSUFFICIENT_PRIVILEGE.code();
        for (aspect, statement) in FORBIDDEN {
            let transaction = client.transaction().await?;
            let outcome = transaction.batch_execute(statement).await;
            transaction.rollback().await?;
            drift.extend(self.compare(aspect, insufficient_privilege, &refusal(outcome)));
        }
        Ok(drift)
    }

    fn compare(&self, aspect: &str, expected: &str, found: &str) -> Option<Drift> {
        let object = format!("{aspect} of {}", self.role.name);
        let fact = |value| Fact::new("session", &object, value);
        Drift::between(fact(expected), fact(found))
    }
}

/// The SQLSTATE of a refusal, or what else came.
fn refusal(outcome: Result<(), Error>) -> String {
    match outcome {
        Ok(()) => "possible".to_owned(),
        Err(error) => error.code().map_or_else(|| describe(&error), |code| code.code().to_owned()),
    }
}
