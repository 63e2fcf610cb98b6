"""Small books for the tests of the command line, with figures that one can check in one's head.

As of 2026-03-31 open: INV-2 150 (overdue by 19 days), INV-3 300 (due that day), INV-4 50 (recorded on 5 April): 500 in
all. Sales of the 90 days: 700.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from countback.project import cli

SMALL = {
    "customers.csv": """\
customer_id,name,region,industry
C1,Alder Ltd,South,=1+1
C2,Birch GmbH,North,-5
C3,Cedar SA,,@retail
""",
    "invoices.csv": """\
invoice_id,customer_id,issued_on,due_on,amount,currency,recorded_at
INV-1,C1,2026-01-10,2026-02-09,100.00,EUR,
INV-2,C2,2026-02-10,2026-03-12,250.00,EUR,
INV-3,C1,2026-03-01,2026-03-31,300.00,EUR,
INV-4,C3,2026-03-10,2026-04-09,50.00,EUR,2026-04-05T10:00:00
""",
    "payments.csv": """\
payment_id,customer_id,received_on,amount,currency
P1,C1,2026-03-05,100.00,EUR
P2,C2,2026-03-20,100.00,EUR
""",
    "allocations.csv": """\
payment_id,credit_note_id,invoice_id,amount,applied_on
P1,,INV-1,100.00,2026-03-05
P2,,INV-2,100.00,2026-03-20
""",
}


@dataclass(frozen=True)
class Ran:
    """What a command line gave."""

    code: int
    out: str
    said: str

    @property
    def json(self) -> Any:
        """Standard output, read as JSON."""
        return json.loads(self.out)


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small books."""
    folder = tmp_path_factory.mktemp("cli") / "small"
    folder.mkdir()
    for name, text in SMALL.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def ask(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs a command line in this process."""
    monkeypatch.setenv("COLUMNS", "80")

    def asked(*arguments: object) -> Ran:
        capfdbinary.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, said = capfdbinary.readouterr()
        return Ran(code, out.decode("utf-8"), said.decode("utf-8"))

    return asked


@pytest.fixture
def command() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs the real command in a process of its own."""

    def run(*arguments: object, **kept: Any) -> subprocess.CompletedProcess[bytes]:
        line = [sys.executable, "-m", "countback.project.cli", *map(str, arguments)]
        kept.setdefault("stdout", subprocess.PIPE)
        return subprocess.run(  # noqa: S603 our own command
            line, stderr=subprocess.PIPE, env=environment(kept.pop("env", {})), timeout=300, **kept
        )

    return run


def environment(more: dict[str, str]) -> dict[str, str]:
    """The environment of a child that imports the same source."""
    source = str(Path(cli.__file__).parents[2])
    return os.environ | {"PYTHONPATH": source, "COLUMNS": "80"} | more
