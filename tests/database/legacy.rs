//! `ops legacy check`: the previous system's records, read and never written (hardening E2, E3, H7).

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use tokio_postgres::Client;

use super::operator::Operator;
use crate::app::{Database, connect_directly, world};

/// The key of the known answers, in the two forms that there were.
const KEY: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz012345";
const DIGITS: &str = "6162636465666768696a6b6c6d6e6f707172737475767778797a303132333435";

/// The previous system's database, with the one table that matters.
struct Legacy {
    database: Database,
    owner: Client,
}

const TABLE: &str = "
    create table records (
      id uuid primary key,
      encrypted_content text not null,
      encrypted_metadata text
    )";

impl Legacy {
    async fn new() -> Self {
        let database = Database::empty().await;
        let owner = connect_directly(&world().owner_url(database.name())).await;
        owner.batch_execute("create schema if not exists public").await.expect("a schema");
        owner.batch_execute(TABLE).await.expect("a table");
        Self { database, owner }
    }

    async fn insert(&self, number: u128, content: &str, metadata: Option<&str>) -> String {
        let id = uuid::Uuid::from_u128(number);
        let sql = "insert into records (id, encrypted_content, encrypted_metadata) values ($1, $2, $3)";
        self.owner.execute(sql, &[&id, &content, &metadata]).await.expect("a record");
        id.to_string()
    }

    fn check(&self, key: &str) -> Operator {
        Operator::new(&["legacy", "check"])
            .setting("DATABASE_URL_LEGACY", &world().owner_url(self.database.name()))
            .setting("ENCRYPTION_KEY", key)
    }
}

/// A text as the previous system stored it. `tag_length`: it took other lengths than 16, too.
fn stored(plaintext: &[u8], number: u8, tag_length: usize) -> String {
    let iv = [number; 12];
    let payload = Payload { msg: plaintext, aad: &[] };
    let sealed = Aes256Gcm::new(&KEY.into()).encrypt(&Nonce::from(iv), payload).expect("sealed");
    let (content, tag) = sealed.split_at(plaintext.len());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (content, iv, tag) = (hex(content), hex(&iv), hex(&tag[..tag_length]));
    format!(r#"{{"encryptedContent":"{content}","iv":"{iv}","tag":"{tag}"}}"#)
}

#[tokio::test]
async fn e2_every_record_opens_with_either_form_of_the_key() {
    let legacy = Legacy::new().await;
    for number in 0..50 {
        let content = stored(format!("<p>Consulta {number}</p>").as_bytes(), number, 16);
        let metadata = stored(br#"{"tags":[]}"#, number, 16);
        legacy.insert(number.into(), &content, (number % 2 == 0).then_some(&metadata)).await;
    }
    for key in [DIGITS, std::str::from_utf8(&KEY).expect("ASCII")] {
        let report = legacy.check(key).succeed().await;
        assert_eq!((report.out.as_str(), report.err.as_str()), ("in order: 50 records opened\n", ""));
    }
}

#[tokio::test]
async fn e3_what_does_not_open_is_named_with_its_reason_and_nothing_is_shown() {
    let legacy = Legacy::new().await;
    legacy.insert(1, &stored("Olá".as_bytes(), 1, 16), None).await;
    let short = legacy.insert(2, &stored("Olá".as_bytes(), 2, 4), None).await;
    let tampered = legacy.insert(3, &stored("Olá".as_bytes(), 3, 16).replace("\"iv\":\"03", "\"iv\":\"04"), None).await;
    let plain = legacy.insert(4, "Olá", Some("Nota")).await;
    let no_json = legacy.insert(5, &stored(b"", 5, 16), Some(&stored(b"Nota", 5, 16))).await;
    let no_text = legacy.insert(6, &stored(&[0xff], 6, 16), None).await;
    let report = legacy.check(DIGITS).fail().await;
    let expected = format!(
        "record {short}: encrypted_content does not open: its tag does not have 16 bytes\n\
         record {tampered}: encrypted_content does not open: it is not authentic: another key made it, or it was changed\n\
         record {plain}: encrypted_content does not open: it is not a JSON object of the texts encryptedContent, iv and \
         tag alone\n\
         record {plain}: encrypted_metadata does not open: it is not a JSON object of the texts encryptedContent, iv and \
         tag alone\n\
         record {no_json}: encrypted_metadata does not open: what it holds is not JSON\n\
         record {no_text}: encrypted_content does not open: what it holds is not UTF-8\n\
         NOT in order: 5 of 6 records do not open\n"
    );
    assert_eq!((report.out, report.err.as_str()), (expected, ""));
}

#[tokio::test]
async fn e2_a_bad_key_stops_the_start() {
    let legacy = Legacy::new().await;
    for (key, reason) in [
        ("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=", "it looks like base64"),
        ("abcdefghijklmnopqrstuvwxyz0123456", "it has neither 64 hexadecimal digits nor 32 ASCII characters"),
        ("ábcdefghijklmnopqrstuvwxyz012345", "only ASCII ones make 32 bytes"),
        (&DIGITS.replace('6', "g"), "hexadecimal digits, and not all of them are"),
        ("", "is missing"),
    ] {
        let report = legacy.check(key).fail().await;
        assert!(report.err.starts_with("error: the setting ENCRYPTION_KEY is "), "{report}");
        assert!(report.err.contains(reason) && report.out.is_empty(), "{report}");
    }
}

/// A table that would write when it is read.
const WRITES_WHEN_READ: &str = "
    alter table records rename to kept;
    create table touched (at timestamptz);
    create function touch() returns boolean language plpgsql volatile as $$
    begin
      insert into touched values (now());
      return true;
    end
    $$;
    create view records as select id, encrypted_content, encrypted_metadata from kept where touch()";

#[tokio::test]
async fn h7_the_previous_system_s_database_is_never_written() {
    let legacy = Legacy::new().await;
    legacy.insert(1, &stored(b"", 1, 16), None).await;
    legacy.owner.batch_execute(WRITES_WHEN_READ).await.expect("a trap");
    let report = legacy.check(DIGITS).fail().await;
    assert!(report.err.contains("SQLSTATE 25006"), "a read-only transaction: {report}");
    legacy.owner.batch_execute("select from records").await.expect("the trap works");
}

#[tokio::test]
async fn rows_that_are_hidden_are_not_passed_over() {
    let legacy = Legacy::new().await;
    legacy.insert(1, &stored(b"", 1, 16), None).await;
    let hide = "
        alter table records enable row level security;
        grant select on records to eleva_exporter;
        grant usage on schema public to eleva_exporter";
    legacy.owner.batch_execute(hide).await.expect("hidden");
    let url = world().direct_url(dev::world::Login::Exporter, legacy.database.name());
    let report = legacy.check(DIGITS).setting("DATABASE_URL_LEGACY", &url).fail().await;
    assert!(report.err.contains("would be affected by row-level security policy"), "{report}");
    assert_eq!(report.out, "");
}
