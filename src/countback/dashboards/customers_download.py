"""Tables as files: exactly what the page lists, all of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from django.http import HttpResponseBase

from countback.analytics.answer import NUMBER, Answer
from countback.dashboards.export import exported

NUMBERS, DAYS, TEXT = NUMBER, pa.date32(), pa.string()

Columns = Mapping[str, tuple[pa.DataType, list[Any]]]
"""Head of a column -> its type and values."""


def download(columns: Columns, name: str, form: str, told: Mapping[str, str]) -> HttpResponseBase:
    """The table as a file called `name`. `told`: what was asked, in words, on a sheet of a workbook. Raises Misuse for
    another form."""
    table = pa.table({head: pa.array(values, kind) for head, (kind, values) in columns.items()})
    return exported(Answer(table), form, name, told)
