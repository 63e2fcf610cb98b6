"""Options that several commands share: one spelling, one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Source = Annotated[
    Path,
    typer.Argument(
        metavar="SOURCE",
        help="A folder of books, a zip of one, converted books; with --profile also a single file.",
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="P",
        help="For files in another shape: the name of a shipped profile, or a TOML file.",
    ),
]
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="DATE", help="The effective date of the figures, as 2026-10-31.")
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="TS",
        help="Count only what was recorded by then: a date (its end) or a time, in UTC unless it has an offset.",
    ),
]
Kpis = Annotated[
    list[str] | None,
    typer.Option(
        "--kpi", metavar="ID", help="A KPI; may be given several times. None: all single-valued ones."
    ),
]
Kpi = Annotated[list[str] | None, typer.Option("--kpi", metavar="ID", help="The KPI, one.")]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by", metavar="DIM", help="A dimension to group by, such as region; may be given several times."
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="DIM=VALUE",
        help="Only what has this value. The same dimension again: either value. DIM= alone: blank.",
    ),
]
Params = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="KPI.name=value", help="A parameter of a KPI, such as dso.window=30."),
]
Every = Annotated[
    Literal["day", "week", "month", "quarter"],
    typer.Option("--every", help="The length of a period; weeks begin on Monday."),
]
Currency = Annotated[
    str | None,
    typer.Option("--currency", metavar="CODE", help="Convert amounts into this currency, such as EUR."),
]
RateOn = Annotated[
    str | None,
    typer.Option(
        "--rate-on",
        metavar="WHEN",
        help="Convert at the rate of the period's end (as_of), of each document, or of a date.",
    ),
]
Format = Annotated[
    Literal["table", "json", "csv", "xlsx"] | None,
    typer.Option("--format", help="How to give the answer: a table for reading, if nothing else is asked."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Write to this file (.csv, .json or .xlsx), not to the screen."
    ),
]
