"""Follows an export's chain as docs/audit.md and docs/audit-export.md describe it, with Python's standard library.

verify.py MANIFEST: prints, as JSON, how many rows the export has, how many it leaves out, and their first and last
place. Fails at the first thing that does not fit. It does not look at the signature.
"""

import csv
import datetime
import gzip
import hashlib
import json
import pathlib
import struct
import sys
import uuid

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def field(value):
    if value is None:
        return struct.pack(">i", -1)
    if isinstance(value, str):
        value = value.encode()
    return struct.pack(">i", len(value)) + value


def microseconds(text):
    assert len(text) == 27 and text.endswith("Z"), text
    return (datetime.datetime.fromisoformat(text[:-1] + "+00:00") - EPOCH) // datetime.timedelta(microseconds=1)


def header_hash(row, org_id, imported):
    return sha256(
        field("eleva-audit-1-imported" if imported else "eleva-audit-1"),
        field(uuid.UUID(row["id"]).bytes),
        field(uuid.UUID(org_id).bytes),
        field(struct.pack(">q", row["seq"])),
        field(struct.pack(">q", microseconds(row["created_at"]))),
        field(row["action"]),
        field(row["resource_type"]),
        field(row["outcome"]),
    )


def body_hash(row):
    names = [
        "workos_user_id", "actor_type", "impersonator", "resource_id", "old_values", "new_values", "ip_address",
        "user_agent", "request_id", "metadata",
    ]
    return sha256(field(bytes.fromhex(row["salt"])), *(field(row[name]) for name in names))


def raw_json(line, name):
    """The text of a member as it stands in a line."""
    value_starts = line.index(f',"{name}":') + len(name) + 4
    if line.startswith("null", value_starts):
        return None
    _, end = json.JSONDecoder().raw_decode(line, value_starts)
    return line[value_starts:end]


def json_rows(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            row = json.loads(line)
            for name in ("old_values", "new_values", "metadata"):
                if name in row and row[name] is not None:
                    row[name] = raw_json(line, name)
            yield row


def csv_rows(path):
    """Python's csv does not tell nothing from an empty text: in these files only a user agent may be empty."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, strict=True):
            for name, text in row.items():
                row[name] = text[1:] if text.startswith("'") else text or None
            row["seq"] = int(row["seq"])
            yield row


def main():
    manifest_path = pathlib.Path(sys.argv[1])
    manifest = json.loads(manifest_path.read_bytes())["manifest"]
    org_id = manifest["organization"]["id"]
    shown, left_out = {}, {}
    for file in manifest["files"]:
        path = manifest_path.with_name(file["name"])
        content = path.read_bytes()
        assert len(content) == file["size"], f"the size of {path.name}"
        assert hashlib.sha256(content).hexdigest() == file["sha256"], f"the hash of {path.name}"
        read = csv_rows if path.name.endswith(".csv.gz") else json_rows
        places = shown if file["role"] == "rows" else left_out
        for row in read(path):
            assert row["seq"] > max(places, default=0), "the order of rows"
            places[row["seq"]] = row
    assert (len(shown), len(left_out)) == (manifest["rows"], manifest["left_out"]), "the counts"
    assert not shown.keys() & left_out.keys(), "a row is both"
    first, last = manifest["first_seq"], manifest["last_seq"]
    gone = {run["last_seq"]: run for run in manifest["dropped"] if run["last_seq"] >= first}
    dropped = {seq for run in gone.values() for seq in range(run["first_seq"], run["last_seq"] + 1)}
    assert sorted([*shown, *left_out, *dropped]) == list(range(first, last + 1)), "the places"
    begin, end = (
        (datetime.datetime.fromisoformat(manifest[name].replace("Z", "+00:00")) - EPOCH)
        // datetime.timedelta(microseconds=1)
        for name in ("from", "to")
    )
    hash_before = bytes.fromhex(manifest["previous_hash"])
    for seq in range(first, last + 1):
        if seq in dropped:
            hash_before = bytes.fromhex(gone[seq]["last_hash"]) if seq in gone else None
            continue
        row = shown.get(seq) or left_out[seq]
        if seq in shown:
            assert row["org_id"] == org_id, f"the organization of row {seq}"
            metadata = json.loads(row["metadata"]) if row["metadata"] else {}
            imported = isinstance(metadata, dict) and "imported_at" in metadata
            bodies = [body_hash(row)]
            if row["user_agent"] is None:
                bodies.append(body_hash({**row, "user_agent": ""}))
        else:
            imported, bodies = row["imported"], [bytes.fromhex(row["body_hash"])]
        header = header_hash(row, org_id, imported)
        links = [sha256(b"\1", hash_before, sha256(b"\0", header, body)) for body in bodies]
        assert bytes.fromhex(row["hash"]) in links, f"the hash of row {seq}"
        hash_before = bytes.fromhex(row["hash"])
        asked_for = (
            begin <= microseconds(row["created_at"]) < end
            and row["action"] in (manifest["actions"] or [row["action"]])
            and row["resource_type"] in (manifest["resource_types"] or [row["resource_type"]])
        )
        assert asked_for == (seq in shown), f"row {seq} is in the wrong file"
    assert hash_before.hex() == manifest["last_hash"], "the last hash"
    json.dump({"rows": len(shown), "left_out": len(left_out), "first_seq": first, "last_seq": last}, sys.stdout)


main()
