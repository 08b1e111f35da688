//! The settings that AWS Secrets Manager keeps: a JSON object of names and texts behind `ELEVA_SECRET_ID`.

use std::{collections::HashMap, time::Duration};

use aws_config::{BehaviorVersion, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_secretsmanager::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::get_secret_value::GetSecretValueError,
};

/// How long reading may take, retries included. Lambda gives ten seconds to start.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How often it is tried when Secrets Manager throttles or fails.
const ATTEMPTS: u32 = 3;

/// Where a function's secret is.
pub struct SecretStore {
    client: Client,
    id: String,
}

/// One version of a secret. No `Debug`: it holds the settings.
pub struct Secret {
    /// AWS's id of the version; another one means that something was changed.
    pub version: String,
    settings: HashMap<String, String>,
}

/// Why a secret could not be read. Names the secret and never shows what it holds.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There is no such secret, or it is marked for deletion.
    #[error("the secret {0} (ELEVA_SECRET_ID) does not exist")]
    Missing(String),
    /// The function's role may not read it, or not decrypt it.
    #[error("reading the secret {0} (ELEVA_SECRET_ID) was denied: its role lacks secretsmanager:GetSecretValue")]
    Denied(String),
    /// It is not a JSON object of texts.
    #[error("the secret {id} (ELEVA_SECRET_ID) is not usable: {reason}")]
    Malformed {
        /// The secret.
        id: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Secrets Manager throttles, fails or cannot be reached, after several attempts.
    #[error("the secret {id} (ELEVA_SECRET_ID) cannot be read at the moment: {reason}")]
    Unavailable {
        /// The secret.
        id: String,
        /// AWS's code, or what kept the request from being answered.
        reason: String,
    },
}

impl SecretStore {
    /// The store of the secret `id` (a name or an ARN), with the credentials and the region of the function's role.
    pub async fn new(id: String) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .build();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .load()
            .await;
        Self { client: Client::new(&config), id }
    }

    /// Reads the current version.
    pub async fn read(&self) -> Result<Secret, SecretError> {
        let answer =
            self.client.get_secret_value().secret_id(&self.id).send().await.map_err(|error| self.why(&error))?;
        let malformed = |reason| SecretError::Malformed { id: self.id.clone(), reason };
        let text = answer.secret_string().ok_or_else(|| malformed("it holds bytes and no text"))?;
        let settings =
            serde_json::from_str(text).map_err(|_| malformed("it is not a JSON object of names and texts"))?;
        Ok(Secret { version: answer.version_id().unwrap_or_default().to_owned(), settings })
    }

    fn why(&self, error: &SdkError<GetSecretValueError>) -> SecretError {
        let id = self.id.clone();
        // AWS's messages may quote the caller's role; the code says enough.
        match (error.code(), error) {
            (Some("ResourceNotFoundException" | "InvalidRequestException"), _) => SecretError::Missing(id),
            (Some("AccessDeniedException" | "DecryptionFailure" | "UnrecognizedClientException"), _) => {
                SecretError::Denied(id)
            }
            (Some(code), _) => SecretError::Unavailable { id, reason: code.to_owned() },
            (None, SdkError::TimeoutError(_)) => {
                SecretError::Unavailable { id, reason: "no answer in time".to_owned() }
            }
            (None, SdkError::DispatchFailure(failure)) if failure.is_timeout() => {
                SecretError::Unavailable { id, reason: "no connection in time".to_owned() }
            }
            (None, SdkError::DispatchFailure(failure)) if failure.is_io() => {
                SecretError::Unavailable { id, reason: "no connection".to_owned() }
            }
            (None, SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_)) => {
                SecretError::Unavailable { id, reason: "there are no credentials, or no region is set".to_owned() }
            }
            (None, _) => SecretError::Unavailable { id, reason: "an answer that cannot be read".to_owned() },
        }
    }
}

impl Secret {
    /// The text of a setting, if the secret has it.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }
}
