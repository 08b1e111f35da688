//! The ring of `app.begin`: makes the table `begin_keys` hold exactly the keys of `BEGIN_KEYS`.

use eleva::keyring::{Key, Keyring};
use tokio_postgres::{Client, Transaction};
use zeroize::Zeroizing;

use super::MigrateError;

/// The block length of SHA-256, to which HMAC pads its key (RFC 2104, section 2).
const BLOCK_LENGTH: usize = 64;

/// A key XORed with one of HMAC's two pads.
type Pad = Zeroizing<[u8; BLOCK_LENGTH]>;

/// Writes the ring and says what changed; without a ring, says that nothing did.
pub(super) async fn write(client: &mut Client, ring: Option<&Keyring>) -> Result<(), MigrateError> {
    let failed = |source| MigrateError::Statement { doing: "cannot write begin_keys", source };
    let Some(ring) = ring else {
        let row = client.query_one("select count(*) from begin_keys", &[]).await.map_err(failed)?;
        match row.get::<_, i64>(0) {
            0 => println!("begin_keys: left empty, so that nobody can begin (BEGIN_KEYS is not set)"),
            count => println!("begin_keys: left as it is, number of keys: {count} (BEGIN_KEYS is not set)"),
        }
        return Ok(());
    };
    let transaction = client.transaction().await.map_err(failed)?;
    let changes = replace(&transaction, ring).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    match changes.is_empty() {
        true => println!("begin_keys: unchanged"),
        false => println!("begin_keys: {}", changes.join(", ")),
    }
    Ok(())
}

async fn replace(transaction: &Transaction<'_>, ring: &Keyring) -> Result<Vec<String>, tokio_postgres::Error> {
    let mut changes = Vec::new();
    let kids: Vec<&str> = ring.iter().map(Key::id).collect();
    let removed = transaction.query("delete from begin_keys where kid <> all ($1) returning kid", &[&kids]).await?;
    for row in &removed {
        changes.push(format!("removed {}", row.try_get::<_, &str>("kid")?));
    }
    for key in ring.iter() {
        let (inner, outer) = (pad(key, 0x36), pad(key, 0x5c));
        let written = transaction
            .query_opt(
                "insert into begin_keys as k (kid, inner_pad, outer_pad) values ($1, $2, $3)
                 on conflict (kid) do update
                    set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad, created_at = now()
                  where k.inner_pad <> excluded.inner_pad
                 returning xmax = 0 as is_new",
                &[&key.id(), &inner.as_slice(), &outer.as_slice()],
            )
            .await?;
        if let Some(row) = written {
            let verb = if row.try_get("is_new")? { "added" } else { "replaced" };
            changes.push(format!("{verb} {}", key.id()));
        }
    }
    Ok(changes)
}

/// RFC 2104, section 2: the key, filled up with zeros, XORed with the repeated byte.
fn pad(key: &Key, byte: u8) -> Pad {
    let mut pad = Zeroizing::new([byte; BLOCK_LENGTH]);
    for (padded, key_byte) in pad.iter_mut().zip(key.secret()) {
        *padded ^= key_byte;
    }
    pad
}

#[cfg(test)]
mod tests {
    use eleva::keyring::Keyring;

    use super::pad;

    #[test]
    fn pads_are_the_key_and_then_the_repeated_byte() {
        let ring = Keyring::parse("k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("a ring");
        let inner = pad(ring.first(), 0x36);
        assert_eq!(inner[..3], [0x36, 0x37, 0x34]);
        assert_eq!(inner[32..], [0x36; 32]);
    }
}
