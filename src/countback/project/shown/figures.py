"""Figures as tables: a list of KPIs where each has one value, else periods and groups down, KPIs across."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from countback.analytics.figures import Figures
from countback.kpis.topics import rank, topic_of
from countback.project.asked import BLANK
from countback.project.shown.grid import GAP, Column, Grid, broken, screen_width, width
from countback.project.shown.numbers import DASH, shown

MOST_ROWS = 1_000
"""Rows of a table on the screen; how many more there are is said below it."""

Row = Mapping[str, Any]
Key = tuple[str | None, ...]


def figure_grids(figures: Figures) -> list[Grid]:
    """The tables of an answer."""
    rows = figures.to_dicts()
    by_kpi: dict[str, list[Row]] = {}
    for row in rows:
        by_kpi.setdefault(row["kpi"], []).append(row)
    single = [found[0] for found in by_kpi.values() if len(found) == 1 and not found[0]["by"]]
    if len(single) > 1:
        many = {kpi: found for kpi, found in by_kpi.items() if len(found) > 1 or found[0]["by"]}
    else:
        single, many = [], by_kpi
    grids = [_listed(single)] if single else []
    for kpis in _alike(figures, many):
        grids += _pivots({kpi: many[kpi] for kpi in kpis})
    return grids + [Grid(kpi, [], [], notes=["no rows"]) for kpi in figures.dims if kpi not in by_kpi]


def _listed(rows: list[Row]) -> Grid:
    """One KPI a line, by topic."""
    body: list[tuple[str, str, str]] = []
    titles: set[int] = set()
    for topic, found in groupby(
        sorted(rows, key=lambda row: rank(row["kpi"])), lambda row: topic_of(row["kpi"])
    ):
        titles.add(len(body))
        body.append((topic.title, "", ""))
        body += [(f"  {row['kpi']}", shown(row["value"], row["unit"]), row["unit"]) for row in found]
    notes = [_note(row["kpi"], row) for row in rows if row["reason"]]
    columns = [Column("KPI"), Column("value", number=True), Column("unit")]
    return Grid("", columns, body, notes=notes, titles=frozenset(titles))


def _alike(figures: Figures, many: Mapping[str, Any]) -> list[list[str]]:
    """KPIs with the same dimensions, which can stand side by side."""
    found: dict[Key, list[str]] = {}
    for kpi in many:
        found.setdefault(figures.dims[kpi], []).append(kpi)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows by period and group, and which of both are worth a column."""

    kpis: Mapping[str, Mapping[tuple[Any, Key], Row]]
    keys: Sequence[tuple[Any, Key]]
    dims: Key
    trend: bool

    @classmethod
    def of(cls, rows: Mapping[str, list[Row]]) -> _Table:
        kpis = {kpi: {_key(row): row for row in found} for kpi, found in rows.items()}
        keys = list(dict.fromkeys(key for found in kpis.values() for key in found))
        keys.sort(key=lambda key: key[0])  # stable: groups and cells keep the order of the answer
        first = next(iter(rows.values()))[0]
        return cls(kpis, keys, tuple(first["by"]), len({period for period, _ in keys}) > 1)

    def heads(self, key: tuple[Any, Key]) -> list[str]:
        """What a row is of."""
        period = [key[0].isoformat()] if self.trend else []
        return period + [BLANK if value is None else value for value in key[1]]


def _key(row: Row) -> tuple[Any, Key]:
    return row["period_end"], tuple(row["by"].values())


def _pivots(rows: Mapping[str, list[Row]]) -> Iterator[Grid]:
    """Tables with as many KPIs side by side as the screen is wide."""
    table = _Table.of(rows)
    keys = table.keys[:MOST_ROWS]
    heads = [table.heads(key) for key in keys]
    names = (["period end"] if table.trend else []) + [name or "" for name in table.dims]
    changes = (place for place, (one, next_one) in enumerate(pairwise(keys)) if one[0] != next_one[0])
    ends = frozenset(changes if table.dims else ())
    used = sum(
        width([name, *column]) + GAP for name, column in zip(names, zip(*heads, strict=True), strict=False)
    )
    blocks = [_block(table, kpi, keys) for kpi in table.kpis]
    if len(blocks) == 1:
        chunks = [next(_chunks([*blocks, *_sides(table, keys)], screen_width() - used))]
    else:
        chunks = list(_chunks(blocks, screen_width() - used))
    for chunk in chunks:
        columns = [Column(broken(name)) for name in names] + [column for column, _, _ in chunk]
        body = [
            [*head, *cells] for head, *cells in zip(heads, *(cells for _, cells, _ in chunk), strict=True)
        ]
        notes = [note for _, _, notes in chunk for note in notes]
        yield Grid("", columns, body, ends, notes=[*_unique(notes), *_more(len(table.keys))])


Block = tuple[Column, list[str], list[str]]
"""A column, its cells, and the notes to it."""


def _block(table: _Table, kpi: str, keys: Sequence[tuple[Any, Key]]) -> Block:
    found = table.kpis[kpi]
    units = {row["unit"] for row in found.values()}
    unit = units.pop() if len(units) == 1 else "money"
    cells = [shown(found[key]["value"], found[key]["unit"]) if key in found else "" for key in keys]
    notes = [
        _note(" ".join([kpi, *table.heads(key)]), found[key])
        for key in keys
        if key in found and found[key]["reason"]
    ]
    return Column(f"{broken(kpi)}\n{unit}", number=True), cells, notes


def _sides(table: _Table, keys: Sequence[tuple[Any, Key]]) -> list[Block]:
    """Numerator and denominator of the one KPI, where there are both."""
    (found,) = table.kpis.values()
    if all(row["denominator"] is None for row in found.values()):
        return []
    sides = ("numerator", "denominator")
    return [(Column(side, number=True), [shown(found[key][side]) for key in keys], []) for side in sides]


def _chunks(blocks: list[Block], room: int) -> Iterator[list[Block]]:
    chunk: list[Block] = []
    left = room
    for block in blocks:
        need = width([block[0].header, *block[1]]) + GAP
        if chunk and need > left:
            yield chunk
            chunk, left = [], room
        chunk.append(block)
        left -= need
    if chunk:
        yield chunk


def _note(name: str, row: Row) -> str:
    mark = f"{DASH} " if row["value"] is None else ""
    return f"{mark}{name}: {row['reason']}"


def _unique(notes: list[str], most: int = 20) -> list[str]:
    listed = list(dict.fromkeys(notes))
    return listed[:most] + (
        [f"… and {len(listed) - most:,} more without a value; --format csv gives every reason"]
        if len(listed) > most
        else []
    )


def _more(count: int) -> list[str]:
    if count <= MOST_ROWS:
        return []
    return [f"{MOST_ROWS:,} of {count:,} rows are shown; --format csv or --out FILE.xlsx gives them all."]


def money_units(rows: Sequence[Row]) -> list[str]:
    """Currencies in which the figures are given, sorted."""
    return sorted({row["unit"] for row in rows} - {"days", "%", "times", "count"})
