"""`countback import`, run as people run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from countback.ledger.mirror.testing import settings_of_this
from countback.ledger.testing import BOOKS, INVOICE, changed, with_rows
from tests.generated_books import Tables, write

pytestmark = pytest.mark.slow


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that is not there yet; the database's own user must reach it."""
    with tempfile.TemporaryDirectory(prefix="countback-import-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "application"


COMMAND = "countback.project.cli"
"""The command, by its name: it stands above the ledger, which knows nothing of it."""


def run(home: Path, tables: Tables, *options: str) -> subprocess.CompletedProcess[str]:
    folder = write(tables, home.parent / f"books-{len(list(home.parent.iterdir()))}")
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", COMMAND, "import", folder.name, *options],
        env=given | {"COUNTBACK_DATA": str(home)}, cwd=home.parent, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def rows(printed: str) -> dict[str, list[str]]:
    """The table that it prints: name -> cells."""
    lines = (line.split() for line in printed.splitlines())
    return {line[0]: line[1:] for line in lines if line and line[0] in BOOKS}


# check 49
def test_import_makes_a_ledger_and_writes_what_is_new_once(home: Path) -> None:
    made = run(home, BOOKS)
    assert rows(made.stdout)["invoices"] == ["2", "0", "0", "0", "350.00", "EUR"]
    assert made.stderr.endswith("Import 1: 6 rows written or ended.\n")
    again = run(home, BOOKS, "--end-vanished")
    assert rows(again.stdout)["invoices"] == ["0", "0", "0", "2", "350.00", "EUR", "350.00", "EUR"]
    assert again.stderr.endswith("Nothing is new: the ledger holds all of this as it is.\n")


@pytest.mark.django_db(transaction=True)
def test_import_tells_what_is_new_before_and_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same command, on the database of the tests."""
    for name, value in (settings_of_this() | {"COUNTBACK_DATA": str(tmp_path / "application")}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def told(tables: Tables, *options: str) -> tuple[int, str, str]:
        folder = write(tables, tmp_path / f"books-{len(list(tmp_path.iterdir()))}")
        code = import_module(COMMAND).run(["import", folder.name, *options])
        return code, *capsys.readouterr()

    code, planned, said = told(BOOKS, "--dry-run")
    assert (code, rows(planned)["invoices"]) == (0, ["2", "0", "0", "0", "350.00", "EUR"])
    assert said.endswith("6 rows would be written or ended; nothing was.\n")
    code, made, said = told(BOOKS)
    assert (code, rows(made)) == (0, rows(planned))
    assert said.endswith(": 6 rows written or ended.\n")
    code, later, said = told(with_rows(BOOKS, "invoices", INVOICE | {"invoice_id": "I3", "amount": "1000"}))
    assert rows(later)["invoices"] == ["1", "0", "0", "2", "350.00", "EUR", "1,350.00", "EUR"]
    code, broken, said = told(changed(BOOKS, "invoices", 0, amount="oak"))
    assert code == 1
    assert broken.startswith("invoices.csv, line 2, amount: ")
    assert re.search(r"the books books-\d were not imported: ", said)
    assert told(BOOKS, "--dry-run")[0] == 0
