//! Everybody who may ask: people with a begun transaction, and login roles without one.

use dev::world::Login;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::{
    app::{BeginClaims, TestApp},
    database::{
        INSUFFICIENT_PRIVILEGE, NO_CONTEXT,
        clinics::{AURORA, AURORA_MEMBER, AURORA_OWNER, BOTH, Clinics, NORTE, NORTE_OWNER},
        refusal,
        signed::Signed,
    },
};

/// Somebody who asks.
pub(super) struct Asker {
    pub(super) name: &'static str,
    way: Way,
}

enum Way {
    /// A person (WorkOS user id) in an organization (WorkOS id).
    Begun(&'static str, &'static str),
    /// A login role that takes a role without having begun.
    Bare(Login, &'static str),
}

/// Everybody, in the order of the tables' columns.
pub(super) static ASKERS: [Asker; 11] = [
    begun("owner", AURORA_OWNER, AURORA),
    begun("admin", "user_01SEEDAURORAADMIN", AURORA),
    begun("member", AURORA_MEMBER, AURORA),
    begun("billing_admin", "user_01SEEDAURORABILLINGADMIN", AURORA),
    begun("member of both", BOTH, AURORA),
    begun("owner of the other", NORTE_OWNER, NORTE),
    bare("eleva_app", Login::App),
    Asker { name: "authenticated", way: Way::Bare(Login::App, "authenticated") },
    Asker { name: "anonymous", way: Way::Bare(Login::App, "anonymous") },
    bare("eleva_identity", Login::Identity),
    bare("eleva_exporter", Login::Exporter),
];

const fn begun(name: &'static str, user_id: &'static str, organization: &'static str) -> Asker {
    Asker { name, way: Way::Begun(user_id, organization) }
}

const fn bare(role: &'static str, login: Login) -> Asker {
    Asker { name: role, way: Way::Bare(login, role) }
}

/// A transaction in which everything is tried and nothing stays.
pub(super) struct Session {
    client: Client,
    /// Placeholders and what stands for them.
    words: [(&'static str, String); 4],
}

impl Asker {
    /// Opens the asker's transaction.
    pub(super) async fn session(&self, app: &TestApp, clinics: &Clinics) -> Session {
        let (login, user_id, organization) = match self.way {
            Way::Begun(user_id, organization) => (Login::App, user_id, organization),
            Way::Bare(login, _) => (login, AURORA_OWNER, AURORA),
        };
        let client = app.connect_as(login).await;
        client.batch_execute("begin").await.expect("a transaction");
        match self.way {
            Way::Begun(..) => {
                Signed::from(&BeginClaims::new(user_id, organization)).call(&client).await.expect("they may begin");
            }
            Way::Bare(_, role) => {
                client.batch_execute(&format!("set local role {role}")).await.expect("the login may be that");
            }
        }
        let (own, other) = match organization {
            AURORA => (clinics.aurora, clinics.norte),
            _ => (clinics.norte, clinics.aurora),
        };
        // Of those with events in both organizations there is but one, who is to have another colleague.
        let colleague = if user_id == BOTH { AURORA_MEMBER } else { BOTH };
        let words = [
            ("{self}", user_id.to_owned()),
            ("{colleague}", colleague.to_owned()),
            ("{own}", own.to_string()),
            ("{other}", other.to_string()),
        ];
        Session { client, words }
    }
}

impl Session {
    /// What comes of a statement, in the words of [`super::Case`].
    pub(super) async fn outcome(&self, statement: &str) -> String {
        let statement = self.words.iter().fold(statement.to_owned(), |text, (word, value)| text.replace(word, value));
        self.client.batch_execute("savepoint attempt").await.expect("a savepoint");
        let outcome = match self.client.simple_query(&statement).await {
            Ok(messages) => {
                let rows = messages.iter().find_map(|message| match message {
                    SimpleQueryMessage::CommandComplete(rows) => Some(rows.to_string()),
                    _ => None,
                });
                rows.expect("a command is completed")
            }
            refused => match refusal(refused).expect("an error").as_str() {
                INSUFFICIENT_PRIVILEGE => "x".to_owned(),
                NO_CONTEXT => "?".to_owned(),
                sqlstate => sqlstate.to_owned(),
            },
        };
        self.client
            .batch_execute("rollback to savepoint attempt; release savepoint attempt")
            .await
            .expect("a savepoint");
        outcome
    }
}
