"""Writes tables to a folder as CSV or Parquet, a block of rows at a time, so that memory stays bounded.

Rows come with whole numbers: days as ordinals, moments as minutes, money as cents, quantities as tenths, rates as
millionths. Here they become dates, timestamps and exact decimals.
"""

from __future__ import annotations

import csv
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from countback.books.demo.account import MINUTES_A_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from countback.books.demo.account import Row
    from countback.books.tables import Kind

Format = Literal["csv", "parquet"]
_BLOCK_ROWS: dict[Format, int] = {"csv": 5_000, "parquet": 100_000}
"""Rows held back before they are written: few keep the garbage collector quick, many make good Parquet row groups."""

_UNIX_EPOCH = date(1970, 1, 1).toordinal()
_DECIMALS: dict[str, int] = {"money": 2, "quantity": 1, "rate": 6}


@dataclass(frozen=True, slots=True)
class Shape:
    """A file to write: its path without suffix, relative to the folder, and its columns with their kinds."""

    path: str
    columns: dict[str, Kind]


class Sink(Protocol):
    """Takes blocks of rows of one table."""

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append the rows."""

    def close(self) -> None:
        """Finish the file."""


class Writer:
    """Writes many tables at once; use as a context manager. A table's file exists even where it has no row."""

    def __init__(self, folder: Path, shapes: dict[str, Shape], form: Format) -> None:
        self._stack = ExitStack()
        self._block = _BLOCK_ROWS[form]
        self._waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in shapes}
        kind = _Csv if form == "csv" else _Parquet
        self._sinks: dict[str, Sink] = {}
        for name, shape in shapes.items():
            path = folder / f"{shape.path}.{form}"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._sinks[name] = sink = kind(path, shape.columns)
            self._stack.callback(sink.close)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *raised: object) -> None:
        for name in self._waiting:
            self._flush(name)
        self._stack.close()

    def add(self, name: str, rows: list[Row]) -> None:
        """Append rows to a table."""
        waiting = self._waiting[name]
        waiting += map(tuple, rows)
        if len(waiting) >= self._block:
            self._flush(name)

    def _flush(self, name: str) -> None:
        if self._waiting[name]:
            self._sinks[name].write(self._waiting[name])
            self._waiting[name] = []


class _Csv:
    def __init__(self, path: Path, columns: dict[str, Kind]) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(columns)
        self._words = [_WORDS.get(kind) for kind in columns.values()]

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        columns = [
            column if words is None else ["" if value is None else words(value) for value in column]
            for words, column in zip(self._words, zip(*rows, strict=True), strict=True)
        ]
        self._writer.writerows(zip(*columns, strict=True))

    def close(self) -> None:
        self._file.close()


class _Parquet:
    def __init__(self, path: Path, columns: dict[str, Kind]) -> None:
        self._kinds = list(columns.values())
        self._schema = pa.schema([(name, _arrow_type(kind)) for name, kind in columns.items()])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        arrays = [
            _arrow_array(kind, list(column))
            for kind, column in zip(self._kinds, zip(*rows, strict=True), strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


@lru_cache(maxsize=20_000)
def day_words(day: int) -> str:
    """The day in ISO notation."""
    return date.fromordinal(day).isoformat()


def _moment_words(minute: int) -> str:
    day, rest = divmod(minute, MINUTES_A_DAY)
    return f"{day_words(day)}T{rest // 60:02d}:{rest % 60:02d}:00"


def money_words(cents: int) -> str:
    """Cents as a decimal with two places."""
    return f"{cents // 100}.{cents % 100:02d}"


def _tenths_words(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _millionths_words(millionths: int) -> str:
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06d}"


_WORDS: dict[str, Callable[[int], str]] = {
    "date": day_words,
    "moment": _moment_words,
    "day_or_moment": _moment_words,
    "money": money_words,
    "quantity": _tenths_words,
    "rate": _millionths_words,
}


def _arrow_type(kind: Kind) -> Any:
    if kind in _DECIMALS:
        return pa.decimal128(18, _DECIMALS[kind])
    return {"date": pa.date32(), "count": pa.int32(), "text": pa.string()}.get(kind, pa.timestamp("us"))


def _arrow_array(kind: Kind, values: list[Any]) -> Any:
    if kind == "text":
        return pa.array(values, pa.string())
    numbers = pa.array(values, pa.int64())
    if kind == "count":
        return numbers.cast(pa.int32())
    if kind == "date":
        return pc.subtract(numbers, _UNIX_EPOCH).cast(pa.int32()).cast(pa.date32())
    if kind in _DECIMALS:
        return _scaled(numbers, _DECIMALS[kind])
    minutes = pc.subtract(numbers, _UNIX_EPOCH * MINUTES_A_DAY)
    return pc.multiply(minutes, 60_000_000).cast(pa.timestamp("us"))


def _scaled(numbers: Any, places: int) -> Any:
    """Whole numbers of the smallest unit as exact decimals."""
    unit = pa.scalar(Decimal(1).scaleb(-places), pa.decimal128(places + 1, places))
    return pc.multiply(numbers.cast(pa.decimal128(19, 0)), unit).cast(pa.decimal128(18, places))
