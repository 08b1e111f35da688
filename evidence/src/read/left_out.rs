//! A line of what is shown of a row that is left out ([`crate::left_out`]).

use uuid::Uuid;

use super::{Malformed, Scratch, bytes, instant, json::Line, number, uuid};
use crate::{chain::Header, left_out::LeftOut};

/// What a line shows of a row of that organization, without the line end.
pub fn parse<'a>(line: &'a [u8], org_id: Uuid, scratch: &'a mut Scratch) -> Result<LeftOut<'a>, Malformed> {
    let Scratch { text, .. } = scratch;
    text.clear();
    let mut line = Line::new(line)?;
    let seq = number(line.word("seq")?, "seq")?;
    let id = uuid(line.plain("id")?, "id")?;
    let created_at = instant(line.plain("created_at")?, "created_at")?;
    let is_imported = match line.word("imported")? {
        "true" => true,
        "false" => false,
        _ => return Err(Malformed::Value("imported")),
    };
    let mut present = |column| line.text(column, text)?.ok_or(Malformed::Value(column));
    let [action, resource_type, outcome] = [present("action")?, present("resource_type")?, present("outcome")?];
    let body_hash = bytes(line.plain("body_hash")?, "body_hash")?;
    let hash = bytes(line.plain("hash")?, "hash")?;
    line.end()?;
    let header = Header {
        id,
        org_id,
        seq,
        created_at,
        action: action.resolve(text),
        resource_type: resource_type.resolve(text),
        outcome: outcome.resolve(text),
        is_imported,
    };
    Ok(LeftOut { header, body_hash, hash })
}
