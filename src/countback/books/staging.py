"""One file to one table of text, whatever its kind, read once for all the readings that draw on it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from countback.books.findings import UnableToReadFile, refusal
from countback.books.readers import csv, parquet, xlsx

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from countback.books.readers import Staged
    from countback.books.reading import Layout, Reading


def same_rows(reading: Reading) -> tuple[object, ...]:
    """Readings with the same answer draw on the same rows of text."""
    layout = reading.layout
    return (
        reading.file,
        layout.delimiter,
        layout.encoding,
        layout.skip_lines,
        layout.sheet,
        layout.header_with,
    )


def stage(
    connection: duckdb.DuckDBPyConnection, path: Path, file: str, layout: Layout, table: str, workspace: Path
) -> Staged:
    """The file as a table of text. Raises UnableToReadFile with every reason against it."""
    kind = PurePath(path).suffix.lower()
    if path.stat().st_size == 0:
        what = "is empty: it has not a single byte"
        raise UnableToReadFile(refusal("empty_file", file, what, "export it again, or leave the file out"))
    if kind == ".xlsx":
        return xlsx.stage(connection, path, file, layout, table)
    if kind == ".parquet":
        return parquet.stage(connection, path, file, layout, table)
    return csv.stage(connection, csv.prepare(path, file, layout, workspace), table)
