//! TLS towards other servers: certificates and host names are always verified.

use native_tls::{Certificate, Error, Protocol, TlsConnector};

/// A connector that trusts the roots in `SSL_CERT_FILE` (where there is no such file, the system's), what lies in the
/// system's folders of certificates, and, where given, one more certificate (PEM).
///
/// OpenSSL reads the file twice for each connector, which is most of what a function's start costs: make one and clone
/// it.
pub(crate) fn connector(additional_root: Option<&str>) -> Result<TlsConnector, Error> {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    if let Some(pem) = additional_root {
        builder.add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
    }
    builder.build()
}
