//! `cargo dev roots`: the root certificates that ship with the functions, chosen from this system's.
//!
//! OpenSSL takes tens of milliseconds of every start to read a system's whole store. The functions therefore bring
//! `roots/roots.pem`, named in `SSL_CERT_FILE`, with the roots of the servers that they speak to. It is there to start
//! fast and bounds nothing: native-tls also looks in the system's folders of certificates.

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use clap::Args;
use sha2::{Digest as _, Sha256};

use crate::{failure::Failure, repository::Repository, state::make_folder};

/// Where Debian keeps the certificates that it trusts, in one file.
const STORE: &str = "/etc/ssl/certs/ca-certificates.crt";

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Writes roots/roots.pem, the certificates that ship with the functions, from those of this system.
#[derive(Debug, Args)]
pub struct Roots {}

/// A certificate that ships with the functions.
struct Root {
    /// Its subject's common name.
    name: &'static str,
    /// Whose servers are known to use it, or said to by their operator.
    needed_by: &'static str,
    /// SHA-256 of its DER.
    fingerprint: &'static str,
}

const fn root(name: &'static str, needed_by: &'static str, fingerprint: &'static str) -> Root {
    Root { name, needed_by, fingerprint }
}

/// Secrets Manager and S3: the AWS SDK reads `SSL_CERT_FILE` too. The five that AWS asks its clients to trust.
const AWS: &str = "AWS";
/// Let's Encrypt: Neon's endpoints, and some of Cloudflare's.
const NEON_AND_WORKOS: &str = "Neon, as WorkOS may";
/// WorkOS stands behind Cloudflare, whose certificates come from several authorities; which one, it decides anew at
/// each renewal. SSL.com's chain for it ends at the EV roots, or at AAA, which have signed its younger roots.
const WORKOS: &str = "WorkOS";

const ROOTS: [Root; 21] = [
    root("Amazon Root CA 1", AWS, "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e"),
    root("Amazon Root CA 2", AWS, "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4"),
    root("Amazon Root CA 3", AWS, "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4"),
    root("Amazon Root CA 4", AWS, "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092"),
    root(
        "Starfield Services Root Certificate Authority - G2",
        AWS,
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    ),
    root("ISRG Root X1", NEON_AND_WORKOS, "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6"),
    root("ISRG Root X2", NEON_AND_WORKOS, "69729b8e15a86efc177a57afb7171dfc64add28c2fca8cf1507e34453ccb1470"),
    root("GTS Root R1", WORKOS, "d947432abde7b7fa90fc2e6b59101b1280e0e1c7e4e40fa3c6887fff57a7f4cf"),
    root("GTS Root R2", WORKOS, "8d25cd97229dbf70356bda4eb3cc734031e24cf00fafcfd32dc76eb5841c7ea8"),
    root("GTS Root R3", WORKOS, "34d8a73ee208d9bcdb0d956520934b4e40e69482596e8b6f73c8426b010a6f48"),
    root("GTS Root R4", WORKOS, "349dfa4058c5e263123b398ae795573c4e1313c83fe68f93556cd5e8031b3c7d"),
    root("DigiCert Global Root CA", WORKOS, "4348a0e9444c78cb265e058d5e8944b4d84f9662bd26db257f8934a443c70161"),
    root("DigiCert Global Root G2", WORKOS, "cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f"),
    root("DigiCert Global Root G3", WORKOS, "31ad6648f8104138c738f39ea4320133393e3a18cc02296ef97c2ac9ef6731d0"),
    root("DigiCert TLS ECC P384 Root G5", WORKOS, "018e13f0772532cf809bd1b17281867283fc48c6e13be9c69812854a490c1b05"),
    root("DigiCert TLS RSA4096 Root G5", WORKOS, "371a00dc0533b3721a7eeb40e8419e70799d2b0a0f2c1d80693165f7cec4ad75"),
    root(
        "SSL.com EV Root Certification Authority ECC",
        WORKOS,
        "22a2c1f7bded704cc1e701b5f408c310880fe956b5de2a4a44f99c873a25a7c8",
    ),
    root(
        "SSL.com EV Root Certification Authority RSA R2",
        WORKOS,
        "2e7bf16cc22485a7bbe2aa8696750761b0ae39be3b2fe9d0cc6d4ef73491425c",
    ),
    root("AAA Certificate Services", WORKOS, "d7a7a0fb5d7e2731d771e9484ebcdef71d5f0c3e0a2948782bc83ee0ea699ef4"),
    root(
        "USERTrust ECC Certification Authority",
        WORKOS,
        "4ff460d54b9c86dabfbcfc5712e0400d2bed3fbc4d4fbdaa86e06adcd2a9ad7a",
    ),
    root(
        "USERTrust RSA Certification Authority",
        WORKOS,
        "e793c9b02fd8aa13e21c31228accb08119643b749c898964b1746d46c3d4cbd2",
    ),
];

/// Runs the command.
pub fn run(_: &Roots) -> Result<(), Failure> {
    let store = fs::read_to_string(STORE)
        .map_err(Failure::io(format!("read {STORE}, which Debian's package ca-certificates makes")))?;
    let chosen = choose(&store)?;
    let folder = Repository::locate()?.root().join("roots");
    make_folder(&folder)?;
    write(&folder.join("roots.pem"), &chosen)
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    fs::write(file, text).map_err(Failure::io(format!("write {}", file.display())))?;
    println!("{}: {} certificates, {} bytes", file.display(), ROOTS.len(), text.len());
    Ok(())
}

/// The certificates of the table in its order, each below its name, or the names of those that the store lacks.
fn choose(store: &str) -> Result<String, Failure> {
    let certificates: Vec<(String, &str)> = certificates(store).collect();
    let mut chosen = String::new();
    let mut missing = Vec::new();
    for Root { name, needed_by, fingerprint } in ROOTS {
        match certificates.iter().find(|(own, _)| own == fingerprint) {
            Some((_, pem)) => chosen.push_str(&format!("# {name}\n{pem}\n")),
            None => missing.push(format!("{name} ({fingerprint}), which {needed_by} needs")),
        }
    }
    match missing.is_empty() {
        true => Ok(chosen),
        false => Err(Failure::Unmet(format!("{STORE} lacks {}", missing.join("; ")))),
    }
}

/// The certificates of a PEM file, each with its fingerprint. What is no base64 is no certificate.
fn certificates(store: &str) -> impl Iterator<Item = (String, &str)> {
    store.split_inclusive(END).filter_map(|text| {
        let pem = &text[text.find(BEGIN)?..];
        let base64 = pem.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let base64: String = base64.chars().filter(|character| !character.is_whitespace()).collect();
        let digest = Sha256::digest(BASE64_STANDARD.decode(base64).ok()?);
        Some((digest.iter().map(|byte| format!("{byte:02x}")).collect(), pem))
    })
}

#[cfg(test)]
mod tests {
    use super::{ROOTS, choose};

    #[test]
    fn every_certificate_that_the_store_lacks_is_named() {
        let store = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        let error = choose(store).expect_err("none of them is there").to_string();
        for root in ROOTS {
            assert!(error.contains(&format!("{} ({})", root.name, root.fingerprint)), "{error}");
        }
    }
}
