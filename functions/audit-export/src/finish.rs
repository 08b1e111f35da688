//! The end of an export: its manifest, then its row, and with it a row of the trail that has the hashes of the files.
//! Until then nobody is shown anything of it.

use bytes::Bytes;
use eleva::database::{Error, ExportSession, Statement, Transaction};
use evidence::{
    hex,
    manifest::{self, Manifest, Organization, Software},
    signature::{self, Kind, Signer},
};
use sha2::{Digest, Sha256};
use store::{Object, Store, StoreError};
use tokio_postgres::types::Type;

use crate::{
    export::Export,
    failure::Unfinished,
    output::Finished,
    queue::{self, exported, is_held},
    resume::Resume,
};

/// The largest manifest, in bytes.
const LARGEST: usize = 1 << 20;

const ORGANIZATION: &str = "
    select workos_org_id, name
      from organizations
     where id = $1";

const DONE: &str = "
    update audit_log_exports
       set status = 'done',
           lease = null,
           error_code = null,
           resume = null,
           record_count = $3,
           object_key = $4,
           file_size = $5,
           sha256 = $6,
           left_out_count = $7,
           left_out_key = $8,
           left_out_size = $9,
           left_out_sha256 = $10,
           manifest_key = $11,
           first_seq = $12,
           last_seq = $13,
           next_seq = $13::bigint + 1,
           head_seq = $14,
           head_hash = $15,
           finished_at = now()
     where id = $1
       and lease = $2
    returning id";

/// Publishes an export whose files are in the store.
pub(crate) async fn publish(
    session: &mut ExportSession<'_>,
    store: &Store,
    signer: &Signer,
    export: &Export,
    resume: &Resume,
    [rows, left_out]: [Finished; 2],
) -> Result<(), Unfinished> {
    // The store may have taken its time; whoever has the lease by now publishes.
    queue::renew(session, export).await?;
    let organization = organization(session, export).await?;
    let manifest = manifest(export, organization, resume, &rows, &left_out);
    let file = signer.sign(Kind::Manifest, &manifest).map_err(|_| Unfinished::Defect("a manifest that is no JSON"))?;
    let name = export.manifest_name();
    let key = export.key(resume.run, &name);
    let object = Object { key: &key, content_type: "application/json", file_name: &name };
    let file = put_manifest(store, signer, &object, file, &manifest).await?;
    let manifest_sha256 = Sha256::digest(file);
    done(session, export, resume, (&rows, &left_out), (&key, &hex::encode(&manifest_sha256))).await
}

async fn organization(session: &mut ExportSession<'_>, export: &Export) -> Result<Organization, Unfinished> {
    let parameters = [(&export.org_id as _, Type::UUID)];
    let row = session
        .transaction(async |transaction: &mut Transaction<'_>| {
            let row = transaction.query_optional(Statement::new(ORGANIZATION, &parameters)).await?;
            row.ok_or(Error::Shape("an organization"))
        })
        .await?;
    let read = || {
        let workos_org_id = row.try_get("workos_org_id")?;
        Ok::<_, tokio_postgres::Error>(Organization { id: export.org_id, workos_org_id, name: row.try_get("name")? })
    };
    Ok(read().map_err(Error::from)?)
}

fn manifest(
    export: &Export,
    organization: Organization,
    resume: &Resume,
    rows: &Finished,
    left_out: &Finished,
) -> Manifest {
    let plan = resume.plan.clone();
    Manifest {
        format: manifest::FORMAT.to_owned(),
        export_id: export.id,
        organization,
        trigger: export.trigger.clone(),
        requested_by: export.requested_by.clone(),
        reason: export.reason.clone(),
        from: export.from,
        to: export.to,
        actions: export.actions.clone(),
        resource_types: export.resource_types.clone(),
        export_format: export.format.as_str().to_owned(),
        rows: rows.rows,
        left_out: left_out.rows,
        dropped: resume.dropped.clone(),
        first_seq: Some(plan.first_seq),
        last_seq: Some(plan.last_seq),
        previous_hash: plan.previous_hash,
        last_hash: plan.last_hash,
        chain_end: plan.chain_end,
        checkpoint: plan.checkpoint,
        files: [rows, left_out].into_iter().filter_map(|finished| finished.file.clone()).collect(),
        software: Software { name: "eleva audit-export".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
    }
}

/// Puts the manifest into the store; answers the file that is there. An earlier attempt may have got as far as this,
/// and since then the organization may have another name, the ring another key, and this another version.
async fn put_manifest(
    store: &Store,
    signer: &Signer,
    object: &Object<'_>,
    file: Vec<u8>,
    manifest: &Manifest,
) -> Result<Bytes, Unfinished> {
    let file = Bytes::from(file);
    match store.put(object, file.clone()).await {
        Ok(()) => Ok(file),
        Err(StoreError::Exists) => {
            let there = store.read(object.key, LARGEST).await?.ok_or(StoreError::Exists)?;
            let signed = signature::open(Kind::Manifest, &there).map_err(|_| StoreError::Exists)?;
            if !signer.has_signed(&signed) {
                return Err(StoreError::Exists.into());
            }
            let earlier: Manifest = serde_json::from_str(signed.said).map_err(|_| StoreError::Exists)?;
            let expected = Manifest {
                organization: earlier.organization.clone(),
                software: earlier.software.clone(),
                ..manifest.clone()
            };
            if earlier != expected {
                return Err(StoreError::Exists.into());
            }
            Ok(there)
        }
        Err(error) => Err(error.into()),
    }
}

async fn done(
    session: &mut ExportSession<'_>,
    export: &Export,
    resume: &Resume,
    (rows, left_out): (&Finished, &Finished),
    (manifest_key, manifest_sha256): (&str, &str),
) -> Result<(), Unfinished> {
    let plan = &resume.plan;
    let file = rows.file.as_ref().ok_or(Unfinished::Defect("an export without a file"))?;
    let left_out_file = left_out.file.as_ref();
    let [row_count, left_out_count] = [rows, left_out].map(|finished| finished.rows.cast_signed());
    let (size, sha256) = (file.size.cast_signed(), file.sha256.as_slice());
    let left_out_key = left_out_file.map(|_| left_out.key.as_str());
    let left_out_size = left_out_file.map(|file| file.size.cast_signed());
    let left_out_sha256 = left_out_file.map(|file| file.sha256.as_slice());
    let head_hash = plan.chain_end.hash.as_slice();
    let parameters = [
        (&export.id as _, Type::UUID),
        (&export.lease as _, Type::UUID),
        (&row_count as _, Type::INT8),
        (&rows.key as _, Type::TEXT),
        (&size as _, Type::INT8),
        (&sha256 as _, Type::BYTEA),
        (&left_out_count as _, Type::INT8),
        (&left_out_key as _, Type::TEXT),
        (&left_out_size as _, Type::INT8),
        (&left_out_sha256 as _, Type::BYTEA),
        (&manifest_key as _, Type::TEXT),
        (&plan.first_seq as _, Type::INT8),
        (&plan.last_seq as _, Type::INT8),
        (&plan.chain_end.seq as _, Type::INT8),
        (&head_hash as _, Type::BYTEA),
    ];
    let entry = exported(export)
        .with("rows", rows.rows)
        .with("left_out", left_out.rows)
        .with("first_seq", plan.first_seq)
        .with("last_seq", plan.last_seq)
        .with("sha256", hex::encode(sha256))
        .with("manifest_sha256", manifest_sha256);
    session
        .transaction(async |transaction: &mut Transaction<'_>| {
            is_held(transaction.query_optional(Statement::new(DONE, &parameters)).await?)?;
            transaction.audit(entry);
            Ok(())
        })
        .await
}
