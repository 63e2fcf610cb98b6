"""An own file, imported on screen: every figure on every page and in every file is that of `countback kpis` on it."""

from __future__ import annotations

import csv
import io
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from countback import open_books
from countback.audit.testing import append_only_tables_are_emptied
from countback.books.demo import write_demo_books
from countback.dashboards.conftest import numbers_of
from countback.kpis.catalogue import find, ids
from countback.ledger.testing import ledger_is_emptied
from countback.ledger.tests.conftest import Desk, desk, kept, no_job, sent, work, world, zipped

__all__ = ["append_only_tables_are_emptied", "desk", "kept", "ledger_is_emptied", "no_job", "work", "world"]

pytestmark = [pytest.mark.xdist_group("figures"), pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REAL = (
    Path(os.environ.get("COUNTBACK_SHARED", "nowhere"))
    / "data"
    / "receivables"
    / "late_payment_histories.csv"
)


def lines(desk: Desk, address: str) -> list[dict[str, str]]:
    """A file that a page gives, as a spreadsheet reads it."""
    answer = desk.page.get(address)
    assert answer.status_code == 200, address
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def compare(desk: Desk, source: Path, profile: str | None, as_of: date) -> int:
    """Compares every KPI, the tables, too; how many have a value."""
    with open_books(source, profile=profile) as books:
        known = {row["kpi"]: row["value"] for row in books.kpis(as_of=as_of)}
        tables = {kpi: books.kpis(kpi, as_of=as_of).to_dicts() for kpi in ids() if find(kpi).cells}
    page = desk.page.get(f"/kpis/?as_of={as_of}").content.decode()
    shown = {number.href.split("/")[2]: number.value for number in numbers_of(page)}
    written = {line["kpi"]: line["value"] for line in lines(desk, f"/kpis/?as_of={as_of}&format=csv")}
    for kpi, value in known.items():
        assert shown.get(kpi) in (value, None), kpi
        assert (Decimal(written[kpi]) if written.get(kpi) else None) in (value, None), kpi
    assert {kpi for kpi, value in known.items() if value} <= set(shown), "a figure that is not shown"
    for kpi, rows in tables.items():
        numbers = {
            number.value
            for number in numbers_of(desk.page.get(f"/kpis/{kpi}/?as_of={as_of}").content.decode())
        }
        wanted = {row["value"] for row in rows if row["value"] is not None and None not in row["by"].values()}
        assert wanted <= numbers or not any(wanted), kpi
    return sum(value is not None for value in known.values())


@pytest.mark.skipif(not REAL.is_file(), reason="COUNTBACK_SHARED names no folder with data/receivables")
def test_a_real_file_of_invoices_and_when_they_were_paid(desk: Desk) -> None:
    upload = desk.send(sent(REAL.name, REAL.read_bytes()), profile=REAL.stem)
    assert upload.state == "read", (upload.state, upload.questions, upload.problems)
    desk.post("confirm_upload", upload.id)
    desk.work()
    assert desk.latest().state == "done"
    assert compare(desk, REAL, REAL.stem, date(2013, 6, 30)) > 25


def test_books_of_everything(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "books"
    write_demo_books(folder, customers=25, months=15, ends_on=date(2026, 10, 31))
    tables = {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("*.csv")}
    desk.imported(sent("books.zip", zipped(**tables)))
    assert compare(desk, folder, None, date(2026, 10, 31)) > 40
