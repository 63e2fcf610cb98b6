"""Erasing in the mirror: what the ledger has erased goes from every Parquet file that it keeps.

Parts of versions are written anew in their place, so that each generation is made of the same files as before. Then a
new generation is made; of those before it, which nobody needs any more, goes what can, and of those that are being read
the file of customers is written anew and the answers go that web workers left. A reader has the old file open, or opens
the new one: each is whole. The file `erasing` lies in the folder from before the first step until after the last:
whoever refreshes next, after a kill, begins where it broke off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import duckdb

from countback.books import sql
from countback.books.manifest import read_manifest
from countback.ledger.mirror import folders
from countback.ledger.records.rules import ERASED, PERSONAL

MARK = "erasing"
CUSTOMERS = "customers"
PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440"

_EXTRA = f"""CASE WHEN extra IS NOT NULL THEN CAST(to_json(map_from_entries(
    [{{'k': further, 'v': '{ERASED}'}} FOR further IN json_keys(extra)])) AS VARCHAR) END"""


def left_over(folder: Path) -> tuple[str, ...]:
    """Customers whose erasing broke off in the middle."""
    try:
        return tuple(json.loads((folder / MARK).read_text("utf-8")))
    except (OSError, ValueError):
        return ()


def erase_versions(folder: Path, ids: Sequence[str], duck: duckdb.DuckDBPyConnection) -> None:
    """Writes every part anew that holds one of the customers."""
    _note(folder, ids)
    columns = {name: _erased(name) for name in PERSONAL} | {"extra": _EXTRA}
    for part in sorted((folder / "versions" / CUSTOMERS).glob("*.parquet")):
        _rewrite(part, ids, columns, duck)


def clear_generations(folder: Path, newest: int, ids: Sequence[str], duck: duckdb.DuckDBPyConnection) -> None:
    """Takes what was erased from all generations before the newest, and the mark away."""
    folders.remove_old(folder, newest, kept=1)
    for generation in folder.glob(f"{folders.CURRENT}-*"):
        if generation == folders.generation_folder(folder, newest):
            continue
        manifest = read_manifest(generation)
        further = manifest.extra.get(CUSTOMERS, ()) if manifest else ()
        columns = {name: _erased(name) for name in (*PERSONAL, *further)}
        _rewrite(generation / f"{CUSTOMERS}.parquet", ids, columns, duck)
        (generation / folders.ANSWERS).unlink(missing_ok=True)
    (folder / MARK).unlink(missing_ok=True)


def _note(folder: Path, ids: Sequence[str]) -> None:
    before = folder / f".{MARK}"
    with before.open("w", encoding="utf-8") as stream:
        json.dump(list(ids), stream)
        stream.flush()
        os.fsync(stream.fileno())
    before.replace(folder / MARK)


def _erased(column: str) -> str:
    name = sql.name(column)
    return f"CASE WHEN {name} IS NOT NULL THEN '{ERASED}' END"


def _rewrite(
    file: Path, ids: Sequence[str], columns: dict[str, str], duck: duckdb.DuckDBPyConnection
) -> None:
    """The same rows in the same order, erased where they are of one of the customers; in one step."""
    if not file.is_file():
        return
    source = f"read_parquet({sql.text(str(file))})"
    theirs = f"customer_id IN ({sql.texts(ids)})"
    if not sql.number(duck, f"SELECT count(*) FROM {source} WHERE {theirs}"):
        return
    told = ", ".join(
        f"CASE WHEN {theirs} THEN {erased} ELSE {sql.name(name)} END AS {sql.name(name)}"
        for name, erased in columns.items()
    )
    partial = file.with_name(f".{file.name}.{MARK}")
    duck.execute(f"COPY (SELECT * REPLACE ({told}) FROM {source}) TO {sql.text(str(partial))} ({PARQUET})")
    partial.replace(file)
