//! How many rows a second are verified: `cargo run --release -p evidence --example verification_speed [rows] [csv]`.

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
    time::Instant,
};

use evidence::{
    chain::{self, Body, Header},
    csv, jsonl,
    manifest::{self, ChainEnd, Manifest, Organization, Role, Software},
    row::Row,
    signature::{Kind, Signer},
    verify::{Material, Options, TrustedKeys, verify},
};
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How many rows a gzip member has.
const MEMBER: i64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let rows: i64 = env::args().nth(1).map_or(Ok(1_000_000), |rows| rows.parse())?;
    let is_csv = env::args().nth(2).is_some_and(|format| format == "csv");
    let folder = env::temp_dir().join(format!("verification-speed-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let name = if is_csv { "audit.csv.gz" } else { "audit.jsonl.gz" };

    let org_id = Uuid::from_u128(7);
    let mut hash = chain::genesis(org_id);
    let mut file = BufWriter::new(File::create(folder.join(name))?);
    let mut member = Vec::new();
    let (mut unpacked, begin) = (0, 1_790_000_000_000_000);
    if is_csv {
        csv::write_names(&mut member);
    }
    for seq in 1..=rows {
        let id = Uuid::from_u128((seq as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
        let resource_id = id.to_string();
        let old_values = format!("{{\"price\": {seq}, \"is_active\": true}}");
        let new_values = format!("{{\"price\": {}, \"is_active\": false}}", seq + 1);
        let header = Header {
            id,
            org_id,
            seq,
            created_at: begin + seq * 1_000,
            action: "EVENT_UPDATED",
            resource_type: "event",
            outcome: "success",
            is_imported: false,
        };
        let body = Body {
            salt: &id.as_bytes()[..],
            workos_user_id: Some("user_01SEEDAURORAOWNER"),
            actor_type: "user",
            impersonator: None,
            resource_id: Some(&resource_id),
            old_values: Some(&old_values),
            new_values: Some(&new_values),
            ip_address: Some("203.0.113.9/32"),
            user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            request_id: Some("220f85ad-5ce0-45a4-9db6-530486f4d42b"),
            metadata: Some("{\"fields\": [\"price\", \"is_active\"]}"),
        };
        hash = chain::link(&hash, &chain::row_hash(&header.hash(), &body.hash()));
        let row = Row { header, body, hash };
        if is_csv {
            csv::write(&row, &mut member)?
        } else {
            jsonl::write(&row, &mut member)?
        }
        if seq % MEMBER == 0 || seq == rows {
            unpacked += member.len();
            let mut encoder = GzEncoder::new(&mut file, Compression::default());
            encoder.write_all(&member)?;
            encoder.finish()?;
            member.clear();
        }
    }
    file.flush()?;

    let bytes = fs::read(folder.join(name))?;
    let read_at = Timestamp::from_microsecond(begin + (rows + 1) * 1_000)?;
    let manifest = Manifest {
        format: manifest::FORMAT.to_owned(),
        export_id: Uuid::from_u128(1),
        organization: Organization { id: org_id, workos_org_id: None, name: "Clinic".to_owned() },
        trigger: "requested".to_owned(),
        requested_by: None,
        reason: None,
        from: Timestamp::from_microsecond(begin)?,
        to: read_at,
        actions: None,
        resource_types: None,
        export_format: if is_csv { "csv" } else { "jsonl" }.to_owned(),
        rows: rows.unsigned_abs(),
        dropped: Vec::new(),
        left_out: 0,
        first_seq: Some(1),
        last_seq: Some(rows),
        previous_hash: chain::genesis(org_id),
        last_hash: hash,
        chain_end: ChainEnd { seq: rows, hash, read_at },
        checkpoint: None,
        files: vec![manifest::File {
            role: Role::Rows,
            name: name.to_owned(),
            size: bytes.len() as u64,
            sha256: Sha256::digest(&bytes).into(),
        }],
        software: Software { name: "verification_speed".to_owned(), version: "0".to_owned() },
    };
    let signer = Signer::new("k1", &[7; 32]);
    fs::write(folder.join("audit.manifest.json"), signer.sign(Kind::Manifest, &manifest)?)?;

    let mut trusted = TrustedKeys::default();
    trusted.add_fingerprint(Kind::Manifest, &signer.public_key().fingerprint())?;
    let mut material = Material::new(Some(&folder));
    material.add(&folder)?;
    let started = Instant::now();
    let report = verify(&material, &Options { trusted, as_of: Timestamp::now(), now: Timestamp::now() }, &());
    let seconds = started.elapsed().as_secs_f64();
    println!("{report}");
    println!(
        "{rows} rows, {} MB packed, {} MB unpacked, in {seconds:.2} s: {:.0} rows a second",
        bytes.len() / 1_000_000,
        unpacked / 1_000_000,
        rows as f64 / seconds
    );
    fs::remove_dir_all(&folder)?;
    Ok(())
}
