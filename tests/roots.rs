//! roots/roots.pem, the certificates that ship with the functions: exactly those of this list, which is written apart from
//! the one that `cargo dev roots` chooses by.

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use native_tls::Certificate;
use sha2::{Digest as _, Sha256};

/// The most that the file may grow to: reading it is part of every start.
const SIZE_LIMIT: usize = 48 * 1024;

/// Common names and the SHA-256 of the DER.
const TRUSTED: &str = "
    8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e Amazon Root CA 1
    1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4 Amazon Root CA 2
    18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4 Amazon Root CA 3
    e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092 Amazon Root CA 4
    568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5 Starfield Services Root Certificate Authority - G2
    96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6 ISRG Root X1
    69729b8e15a86efc177a57afb7171dfc64add28c2fca8cf1507e34453ccb1470 ISRG Root X2
    d947432abde7b7fa90fc2e6b59101b1280e0e1c7e4e40fa3c6887fff57a7f4cf GTS Root R1
    8d25cd97229dbf70356bda4eb3cc734031e24cf00fafcfd32dc76eb5841c7ea8 GTS Root R2
    34d8a73ee208d9bcdb0d956520934b4e40e69482596e8b6f73c8426b010a6f48 GTS Root R3
    349dfa4058c5e263123b398ae795573c4e1313c83fe68f93556cd5e8031b3c7d GTS Root R4
    4348a0e9444c78cb265e058d5e8944b4d84f9662bd26db257f8934a443c70161 DigiCert Global Root CA
    cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f DigiCert Global Root G2
    31ad6648f8104138c738f39ea4320133393e3a18cc02296ef97c2ac9ef6731d0 DigiCert Global Root G3
    018e13f0772532cf809bd1b17281867283fc48c6e13be9c69812854a490c1b05 DigiCert TLS ECC P384 Root G5
    371a00dc0533b3721a7eeb40e8419e70799d2b0a0f2c1d80693165f7cec4ad75 DigiCert TLS RSA4096 Root G5
    22a2c1f7bded704cc1e701b5f408c310880fe956b5de2a4a44f99c873a25a7c8 SSL.com EV Root Certification Authority ECC
    2e7bf16cc22485a7bbe2aa8696750761b0ae39be3b2fe9d0cc6d4ef73491425c SSL.com EV Root Certification Authority RSA R2
    d7a7a0fb5d7e2731d771e9484ebcdef71d5f0c3e0a2948782bc83ee0ea699ef4 AAA Certificate Services
    4ff460d54b9c86dabfbcfc5712e0400d2bed3fbc4d4fbdaa86e06adcd2a9ad7a USERTrust ECC Certification Authority
    e793c9b02fd8aa13e21c31228accb08119643b749c898964b1746d46c3d4cbd2 USERTrust RSA Certification Authority
";

/// A certificate of the file: the name above it, and what it is.
struct Entry<'a> {
    name: &'a str,
    pem: &'a str,
    der: Vec<u8>,
}

fn file() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../roots/roots.pem");
    fs::read_to_string(file).expect("roots/roots.pem can be read")
}

fn entries(file: &str) -> Vec<Entry<'_>> {
    let entries = file.split("# ").skip(1).map(|entry| {
        let (name, pem) = entry.split_once('\n').expect("a certificate stands below its name");
        let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        Entry { name, pem, der: BASE64_STANDARD.decode(base64).unwrap_or_else(|error| panic!("{name}: {error}")) }
    });
    entries.collect()
}

#[test]
fn the_file_has_exactly_the_listed_authorities() {
    let file = file();
    let there: Vec<String> = entries(&file)
        .iter()
        .map(|entry| {
            let digest: String = Sha256::digest(&entry.der).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{digest} {}", entry.name)
        })
        .collect();
    let expected: Vec<&str> = TRUSTED.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(there, expected, "`cargo dev roots` writes roots/roots.pem from the table in dev/src/roots.rs");
}

#[test]
fn every_root_is_a_certificate_of_the_name_above_it() {
    for Entry { name, pem, der } in entries(&file()) {
        Certificate::from_pem(pem.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(der.windows(name.len()).any(|bytes| bytes == name.as_bytes()), "{name} is another's certificate");
    }
}

#[test]
fn the_roots_are_nothing_but_certificates_and_few_enough_to_be_read_quickly() {
    let file = file();
    assert!(file.len() <= SIZE_LIMIT, "{} bytes", file.len());
    for line in file.lines().filter(|line| line.starts_with("-----")) {
        assert!(matches!(line, "-----BEGIN CERTIFICATE-----" | "-----END CERTIFICATE-----"), "{line}");
    }
    assert!(!file.contains("PRIVATE KEY"));
}
