"""The report: one page that a CFO keeps, as HTML, PDF or XLSX, every figure from the same answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from countback.core.problem import Misuse

if TYPE_CHECKING:
    from countback.analytics.opened import Books
    from countback.analytics.question import Where

FORMS = (".html", ".pdf", ".xlsx")


def write_report(
    books: Books,
    *,
    as_of: date,
    out: Path,
    known_at: datetime | None = None,
    currency: str | None = None,
    where: Where | None = None,
    targets: Mapping[str, Decimal] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Write the report of `books` as of a date to `out`; its ending decides the form (.html, .pdf, .xlsx).

    `targets`: KPI -> the value aimed at, drawn beside the published benchmarks. `where`: only these customers,
    segments and so on. The file is replaced whole or not at all. Raises Misuse for another ending.
    """
    form = out.suffix.lower()
    if form not in FORMS:
        raise Misuse(
            f"the report {out} was not written", f"{form or 'no ending'!r} is no form of a report", f"end it in {', '.join(FORMS)}"
        )
    from countback.report.content import gather

    content = gather(
        books, as_of=as_of, known_at=known_at, currency=currency, where=where, targets=targets or {}, progress=progress
    )
    if form == ".html":
        from countback.report.html import render
    elif form == ".pdf":
        from countback.report.pdf import render
    else:
        from countback.report.xlsx import render
    _replace(out, render(content))
    if progress:
        progress("report written", 1.0)


def _replace(out: Path, written: bytes) -> None:
    """Write beside and rename: a reader sees the old file or the new one."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.part")
    beside.write_bytes(written)
    beside.replace(out)
