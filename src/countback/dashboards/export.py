"""Files of exactly what a page shows: CSV as it is written, XLSX from a file of its own; text that stays text, numbers
that are numbers, nothing cut."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from countback.analytics.answer import Answer
from countback.analytics.export import csv_chunks
from countback.analytics.workbook import write_workbook
from countback.core.problem import Misuse
from countback.dashboards.asked import Asked
from countback.dashboards.filters import title, value_title
from countback.ledger.figures import Figures
from countback.report.words import moment_words

FORMS = ("csv", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_IN_MEMORY = 8 << 20
"""Bytes of a workbook up to which it needs no file."""


def exported(answer: Answer, form: str, name: str, told: Mapping[str, str]) -> HttpResponseBase:
    """The answer as a file to keep. `told`: what was asked, in words, on a sheet of its own. Raises Misuse for another
    form."""
    if form not in FORMS:
        raise Misuse("the file was not made", f"{form!r} is no form of one", f"ask for {' or '.join(FORMS)}")
    if form == "csv":
        stream = StreamingHttpResponse(csv_chunks(answer), content_type="text/csv; charset=utf-8")
        stream["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return stream
    file = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 -- the response closes it when it is sent
    write_workbook(answer, file, told)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def about(what: str, asked: Asked, figures: Figures, **more: str) -> dict[str, str]:
    """What was asked, in words."""
    where = {title(name): " or ".join(map(value_title, values)) for name, values in asked.where}
    return {
        "What": what,
        "As of": asked.as_of.isoformat(),
        "Known at": moment_words(asked.known_at) if asked.known_at else "now",
        "Books known through": moment_words(figures.known_through),
        **where,
        **(
            {"Parameters": ", ".join(f"{name}={value}" for name, value in asked.params)}
            if asked.params
            else {}
        ),
        **more,
    }
