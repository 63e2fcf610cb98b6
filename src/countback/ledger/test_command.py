"""`countback import`, run as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from countback.ledger.testing import BOOKS, INVOICE, changed, with_rows
from tests.generated_books import Tables, write

pytestmark = pytest.mark.slow


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that is not there yet; the database's own user must reach it."""
    with tempfile.TemporaryDirectory(prefix="countback-import-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "application"


def run(home: Path, tables: Tables, *options: str) -> subprocess.CompletedProcess[str]:
    folder = write(tables, home.parent / f"books-{len(list(home.parent.iterdir()))}")
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "countback.project.cli", "import", folder.name, *options],
        env=given | {"COUNTBACK_DATA": str(home)}, cwd=home.parent, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def rows(answer: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """The table that it prints: name -> cells."""
    lines = (line.split() for line in answer.stdout.splitlines())
    return {line[0]: line[1:] for line in lines if line and line[0] in BOOKS}


# check 49
def test_import_tells_what_is_new_and_writes_it_once(home: Path) -> None:
    planned = run(home, BOOKS, "--dry-run")
    assert (planned.returncode, rows(planned)["invoices"]) == (0, ["2", "0", "0", "0", "350.00", "EUR"])
    assert planned.stderr.endswith("6 rows would be written or ended; nothing was.\n")
    made = run(home, BOOKS)
    assert rows(made) == rows(planned)
    assert made.stderr.endswith("Import 1: 6 rows written or ended.\n")
    again = run(home, BOOKS, "--end-vanished")
    assert rows(again)["invoices"] == ["0", "0", "0", "2", "350.00", "EUR", "350.00", "EUR"]
    assert again.stderr.endswith("Nothing is new: the ledger holds all of this as it is.\n")
    later = run(home, with_rows(BOOKS, "invoices", INVOICE | {"invoice_id": "I3", "amount": "1000"}))
    assert rows(later)["invoices"] == ["1", "0", "0", "2", "350.00", "EUR", "1,350.00", "EUR"]
    broken = run(home, changed(BOOKS, "invoices", 0, amount="oak"))
    assert broken.returncode == 1
    assert broken.stdout.startswith("invoices.csv, line 2, amount: ")
    assert "the books books-5 were not imported: " in broken.stderr
    assert run(home, BOOKS, "--dry-run").returncode == 0
