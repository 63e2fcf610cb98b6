"""Opening converted books: views on their files, nothing parsed, where they are as they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books import sql
from countback.books.findings import refusal, warning
from countback.books.loaded import SCHEMA, LoadedBooks
from countback.books.manifest import DERIVED, VERSION, changed_files, derived_is_sound, read_manifest
from countback.books.readers import globless
from countback.books.source import MANIFEST
from countback.books.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from countback.core.problem import Problem


def open_converted(folder: Path, connection: duckdb.DuckDBPyConnection) -> LoadedBooks | list[Problem]:
    """The books of a folder of converted ones; where it was touched since, why it has to be read and checked anew."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.version != VERSION:
        why = "cannot be understood" if manifest is None else "was written by another version"
        return [
            warning("manifest", MANIFEST, f"{why}, so that every file was read and checked anew", _REMEDY)
        ]
    changed = changed_files(folder, manifest)
    gone = [name for name in changed if not (folder / name).exists()]
    if gone:
        return [_gone(name) for name in gone]
    if changed:
        return [_touched(name) for name in changed]
    for table in TABLES:
        file = sql.text(globless((folder / f"{table}.parquet").resolve()))
        connection.execute(f"CREATE VIEW {SCHEMA}.{table} AS SELECT * FROM read_parquet({file})")
    derived = folder / DERIVED if derived_is_sound(folder, manifest) else None
    return LoadedBooks(
        connection,
        folder.resolve().name,
        manifest.extra,
        manifest.currencies,
        list(manifest.warnings),
        manifest.rows,
        derived,
        manifest.has_recorded_at,
    )


_REMEDY = "convert the books again"


def _gone(name: str) -> Problem:
    return refusal(
        "missing_file", name, "is no longer in the converted books", "convert them again from the source"
    )


def _touched(name: str) -> Problem:
    what = "was changed since the books were converted, so that everything was read and checked anew"
    return warning("touched", name, what, _REMEDY)
