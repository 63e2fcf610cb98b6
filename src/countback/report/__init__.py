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

    `targets`: KPI -> the value aimed at, drawn in place of the published benchmark. `where`: only these customers,
    segments and so on. The file is replaced whole or not at all. Raises Misuse for another ending or a target of a KPI
    that the report has no tile of, UnableToExport where the file cannot be written.
    """
    form = out.suffix.lower()
    if form not in FORMS:
        raise Misuse(
            f"the report {out} was not written",
            f"{form or 'no ending'!r} is no form of a report",
            f"end it in {', '.join(FORMS)}",
        )
    from countback.analytics.export import may_be_written, replace_file
    from countback.report.content import gather

    may_be_written(out)
    if form == ".html":
        from countback.report.library import begin_library

        begin_library()
    content = gather(
        books,
        as_of=as_of,
        known_at=known_at,
        currency=currency,
        where=where,
        targets=targets,
        progress=progress,
    )
    if form == ".html":
        from countback.report.html import render
    elif form == ".pdf":
        from countback.report.pdf import render
    else:
        from countback.report.xlsx import render
    written = render(content)
    replace_file(out, lambda stream: stream.write(written))
    if progress:
        progress("report written", 1.0)
