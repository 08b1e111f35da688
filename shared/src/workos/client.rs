//! The client and what its calls share.

use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    error::Error,
    http::{self, Answer, HttpClient},
};
use crate::{
    credentials::Credentials,
    settings::{Origin, WorkosSettings},
};

/// A client of WorkOS's API for one client id.
pub struct Workos {
    pub(super) http: HttpClient,
    pub(super) api_url: Origin,
    pub(super) client_id: String,
    pub(super) redirect_uri: Option<String>,
    api_key: Option<SecretString>,
    credentials: Credentials,
}

impl Workos {
    /// A client with a function's settings, which notes on `credentials` when WorkOS does not know its key.
    pub fn new(http: HttpClient, settings: &WorkosSettings, credentials: Credentials) -> Self {
        Self {
            http,
            api_url: settings.api_url.clone(),
            client_id: settings.client_id.clone(),
            redirect_uri: settings.redirect_uri.clone(),
            api_key: settings.api_key.clone(),
            credentials,
        }
    }

    /// The origin that pages of ours may post forms towards.
    pub fn origin(&self) -> &Origin {
        &self.api_url
    }

    /// Where the browser goes to end the WorkOS session `session_id`; it comes back to `return_to`.
    pub fn logout_url(&self, session_id: &str, return_to: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("session_id", session_id)
            .append_pair("return_to", return_to)
            .finish();
        self.api_url.join(&format!("/user_management/sessions/logout?{query}"))
    }

    /// Ends the session `session_id` at WorkOS.
    pub async fn revoke_session(&self, session_id: &str) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            session_id: &'a str,
        }
        let url = self.api_url.join("/user_management/sessions/revoke");
        let answer = http::send_authorized(self.http.post(&url, &Body { session_id }), self.api_key()?).await?;
        self.check(&answer)
    }

    pub(super) fn api_key(&self) -> Result<&SecretString, Error> {
        self.api_key.as_ref().ok_or(Error::Unreachable("this function was not given WORKOS_API_KEY"))
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, Error> {
        let request = self.http.get(&self.api_url.join(path), query);
        self.parse(&http::send_authorized(request, self.api_key()?).await?)
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Error> {
        let request = self.http.post(&self.api_url.join(path), body);
        self.parse(&http::send_authorized(request, self.api_key()?).await?)
    }

    fn parse<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Error> {
        self.check(answer)?;
        serde_json::from_slice(&answer.body).map_err(|_| Error::Content)
    }

    /// Whether an answer is a success, or the error that it is.
    pub(super) fn check(&self, answer: &Answer) -> Result<(), Error> {
        if answer.status.is_success() {
            return Ok(());
        }
        let refusal = http::refusal(answer.status, &answer.body);
        if refusal.is_of_credentials() {
            self.credentials.refuse();
        }
        Err(refusal)
    }
}

/// Percent-encodes one segment of a path.
pub(super) fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
