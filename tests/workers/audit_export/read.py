"""Reads an export's file with a reader that knows nothing of ours: read.py csv|duckdb FILE.

Prints, as JSON, the columns' names and the rows as lists of texts.
"""

import csv
import gzip
import json
import sys


def with_csv(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        names, *rows = csv.reader(lines, strict=True)
    return names, rows


def with_duckdb(path):
    import duckdb

    if path.endswith(".csv.gz"):
        relation = duckdb.read_csv(path, header=True, all_varchar=True, quotechar='"', escapechar='"', delimiter=",")
    else:
        relation = duckdb.read_json(path, format="newline_delimited", sample_size=-1)
    names = relation.columns
    rows = [["" if cell is None else str(cell) for cell in row] for row in relation.fetchall()]
    return names, rows


def main():
    names, rows = {"csv": with_csv, "duckdb": with_duckdb}[sys.argv[1]](sys.argv[2])
    json.dump({"names": names, "rows": rows}, sys.stdout)


main()
