//! A certificate authority that lives as long as a test run, and a certificate of it for `localhost`.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};

use crate::failure::Failure;

/// What a server shows its clients, PEM.
#[derive(Clone, Debug)]
pub struct ServerCertificate {
    /// The root that clients must be given.
    pub root_pem: String,
    /// The server's certificate, then the root.
    pub chain_pem: String,
    /// The server's private key.
    pub key_pem: String,
}

impl ServerCertificate {
    /// Makes a root and a certificate of it for `localhost` and 127.0.0.1.
    pub fn generate() -> Result<Self, Failure> {
        generate().map_err(|error| Failure::Unmet(format!("cannot make a certificate: {error}")))
    }
}

fn generate() -> Result<ServerCertificate, rcgen::Error> {
    let mut root = CertificateParams::new(Vec::new())?;
    root.distinguished_name = name("Eleva test run");
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;

    let key = KeyPair::generate()?;
    let mut server = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    server.distinguished_name = name("localhost");
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let server = server.signed_by(&key, &root)?;

    Ok(ServerCertificate {
        root_pem: root.pem(),
        chain_pem: format!("{}{}", server.pem(), root.pem()),
        key_pem: key.serialize_pem(),
    })
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}
