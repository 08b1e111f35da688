//! Where `auth.user_id()` and `auth.session()` come from: the migrations' stand-in, or an extension that has the name,
//! the schema and these two functions of Neon's `pg_session_jwt`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::connect;
use crate::{account::Account, failure::Failure, state::make_folder};

/// The first major version that finds extensions in other folders than its own (`extension_control_path`).
pub const EXTENSION_CONTROL_PATH_SINCE: u32 = 18;

/// As the extension answers where it has no key to verify tokens with: from the setting, whatever is in it.
const FUNCTIONS: &str = "
create function auth.session() returns jsonb
language sql stable parallel safe
return case
  when pg_input_is_valid(current_setting('request.jwt.claims', true), 'jsonb')
    then current_setting('request.jwt.claims', true)::jsonb
  else 'null'
end;

create function auth.user_id() returns text
language sql stable parallel safe
return case jsonb_typeof(auth.session() -> 'sub') when 'string' then auth.session() ->> 'sub' end;
";

/// Whose functions the schema `auth` has in the databases of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthFunctions {
    /// The owner's: the migrations find no extension and make a stand-in, which `authenticated` may call.
    #[default]
    StandIn,
    /// A superuser's: the extension is there before the migrations run, in a schema that no role of the application
    /// may use.
    Extension,
}

/// Who may create the extension, and whose its schema then is. The functions are a superuser's each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionJwt {
    /// Superusers only, and so it is theirs.
    Superuser,
    /// The database's owner too. Its script makes the schema, as a superuser.
    Trusted,
    /// The database's owner too. The control file names the schema, which is then made as whoever creates it.
    TrustedWithSchema,
}

impl AuthFunctions {
    /// Gives `template1` what every database of the server is to have before it is migrated.
    pub async fn prepare(self, template1_as_superuser: &str) -> Result<(), Failure> {
        match self {
            Self::StandIn => Ok(()),
            Self::Extension => connect(template1_as_superuser)
                .await?
                .batch_execute("create extension pg_session_jwt")
                .await
                .map_err(Failure::database("create the extension pg_session_jwt")),
        }
    }
}

impl SessionJwt {
    /// Writes its files into `folder`, for a server that runs as `account` and is told of the folder; see
    /// [`Cluster`](super::Cluster).
    pub fn write(self, folder: &Path, account: &Account) -> Result<(), Failure> {
        let extension = folder.join("extension");
        make_folder(&extension)?;
        account.give(folder)?;
        account.give(&extension)?;
        for (name, content) in [("pg_session_jwt.control", self.control()), ("pg_session_jwt--1.sql", self.script())] {
            let file: PathBuf = extension.join(name);
            fs::write(&file, content).map_err(Failure::io(format!("write {}", file.display())))?;
            account.give(&file)?;
        }
        Ok(())
    }

    fn control(self) -> String {
        let rights = match self {
            Self::Superuser => "",
            Self::Trusted => "trusted = true\n",
            Self::TrustedWithSchema => "trusted = true\nschema = auth\n",
        };
        format!("default_version = '1'\nrelocatable = false\nsuperuser = true\n{rights}")
    }

    fn script(self) -> String {
        match self {
            Self::Superuser | Self::Trusted => format!("create schema auth;\n{FUNCTIONS}"),
            Self::TrustedWithSchema => FUNCTIONS.to_owned(),
        }
    }
}
