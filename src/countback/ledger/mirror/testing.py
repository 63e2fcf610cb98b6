"""For tests: a ledger filled without an import, so that what a mirror reads is known to the row."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from countback.books import sql
from countback.books.load import load
from countback.books.loaded import SCHEMA, LoadedBooks, loaded_columns
from countback.books.tables import TABLES
from countback.ledger.models import Import
from countback.ledger.schema import table_of

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def fill(source: Path, *, known_from: datetime | None = None, at: datetime = AT) -> Import:
    """Writes every row of books as a version that stands."""
    books = load(source)
    with transaction.atomic(), connection.cursor() as cursor:
        brought = Import.objects.create(name=source.name, at=at)
        for table in TABLES:
            _copy(cursor, books, table, brought.pk, known_from)
    books.connection.close()
    return brought


def write(
    table: str, rows: Iterable[dict[str, Any]], *, cursor: Any = None, known_from: datetime | None = None
) -> int:
    """Writes versions with these columns, as one import; its number."""
    with nullcontext(cursor) if cursor else connection.cursor() as cursor:
        brought = new_import(cursor)
        for row in rows:
            given = row | {"row_key": key_of(table, row), "known_from": known_from, "import_id": brought}
            columns = ", ".join(sql.name(column) for column in given)
            places = ", ".join("%s" for _ in given)
            cursor.execute(
                f"INSERT INTO {table_of(table)} ({columns}) VALUES ({places})", list(given.values())
            )
    return brought


def settings_of_this() -> dict[str, str]:
    """Environment in which another process works on the same database."""
    given = connection.settings_dict
    place = f"host={given['HOST']}&port={given['PORT']}" if given["PORT"] else f"host={given['HOST']}"
    user = given["USER"] + (f":{quote(given['PASSWORD'], safe='')}" if given["PASSWORD"] else "")
    return {**os.environ, "DATABASE_URL": f"postgresql://{user}@/{given['NAME']}?{place}"}


WAITING = """
import json, os, sys, traceback
import django
django.setup()
import countback.ledger.figures, countback.ledger.tasks
for line in sys.stdin:
    asked = json.loads(line)
    if "wait" in asked:
        ended, status = os.waitpid(asked["wait"], os.WNOHANG)
        print(json.dumps(os.waitstatus_to_exitcode(status) if ended else None), flush=True)
        continue
    number = os.fork()
    if number:
        print(number, flush=True)
        continue
    said = os.open(asked["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.argv[1:] = asked["given"]
    code = 1
    try:
        exec(asked["program"], {"__name__": "__main__"})
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)
"""
"""A process in which the application stands and that waits; each program runs in a process that splits off from it, so
that it begins at once."""


@dataclass
class Beside:
    """A program in a process of its own. `said`: the file of what it prints."""

    waiting: Waiting
    number: int
    said: Path
    code: int | None = None

    def begun(self, word: str) -> Beside:
        """Waits until it has said the word."""
        deadline = time.monotonic() + 60
        while word not in self.lines():
            if self.ended() is not None or time.monotonic() > deadline:
                raise AssertionError(f"it never said {word!r}: {self.lines()}")
            time.sleep(0.002)
        return self

    def lines(self) -> list[str]:
        """What it has printed."""
        return self.said.read_text("utf-8").splitlines() if self.said.exists() else []

    def ended(self) -> int | None:
        """With which code; None: it still runs."""
        if self.code is None:
            self.code = self.waiting.asked({"wait": self.number})
        return self.code

    def wait(self, seconds: float = 60) -> int:
        """Waits for its end; the code."""
        deadline = time.monotonic() + seconds
        while (code := self.ended()) is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"it has not ended: {self.lines()}")
            time.sleep(0.005)
        return code

    def kill(self) -> None:
        """Kills it as it stands; it is gone then."""
        if self.ended() is None:
            os.kill(self.number, signal.SIGKILL)
            self.wait()


@dataclass
class Waiting:
    """Starts programs on the database of the tests."""

    process: subprocess.Popen[str]
    folder: Path
    count: int = 0

    def start(self, program: str, *given: object) -> Beside:
        """A program, with what it is given."""
        self.count += 1
        said = self.folder / f"said-{self.count}"
        number = self.asked({"program": program, "given": [str(one) for one in given], "said": str(said)})
        return Beside(self, number, said)

    def kill_at(self, marker: Path, program: str, *given: object) -> None:
        """Starts a program and kills it where it leaves a file."""
        process = self.start(program, *given)
        try:
            deadline = time.monotonic() + 60
            while not marker.exists():
                assert process.ended() is None, f"it ended by itself: {process.lines()}"
                assert time.monotonic() < deadline, "it did not get that far"
                time.sleep(0.02)
        finally:
            process.kill()

    def asked(self, what: dict[str, Any]) -> Any:
        """What the process answers."""
        print(json.dumps(what), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="session")
def beside(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waiting]:
    """To start programs beside the test."""
    del django_db_setup
    given = {"env": settings_of_this(), "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", WAITING], **given) as process:
        yield Waiting(process, tmp_path_factory.mktemp("beside"))
        process.stdin.close()


@contextmanager
def session() -> Iterator[Any]:
    """A cursor of a connection of its own, as another process would have."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            yield cursor
    finally:
        own.close()


def new_import(cursor: Any) -> int:
    """An import without a summary; its number."""
    query = "INSERT INTO ledger_import (name, profile, sha256, summary, at) VALUES ('', '', '', '{}', %s) RETURNING id"
    cursor.execute(query, [AT])
    return int(cursor.fetchone()[0])


def end(table: str, row_key: str, *, known_until: datetime = AT, cursor: Any = None) -> None:
    """Ends the version of a row that stands."""
    with nullcontext(cursor) if cursor else connection.cursor() as cursor:
        brought = new_import(cursor)
        cursor.execute(
            f"""INSERT INTO ledger_ended (table_name, version, known_until, import_id)
            SELECT %s, version, %s, %s FROM {table_of(table)} AS row WHERE row_key = %s AND NOT EXISTS
            (SELECT 1 FROM ledger_ended AS gone WHERE gone.table_name = %s AND gone.version = row.version)""",
            [table, known_until, brought, row_key, table],
        )


def key_of(table: str, row: dict[str, Any]) -> str:
    """What identifies a row, as text."""
    return "\x1f".join(str(row[column]) for column in TABLES[table].key or ("allocation_id",))


def _copy(cursor: Any, books: LoadedBooks, table: str, brought: int, known_from: datetime | None) -> None:
    extra = books.extra.get(table, ())
    columns = [sql.name(column) for column in loaded_columns(table, {})]
    key = ", ".join(
        f"CAST({sql.name(column)} AS VARCHAR)" for column in TABLES[table].key or ("allocation_id",)
    )
    given = {column: column for column in columns} | {
        "row_key": f"concat_ws(chr(31), {key})",
        "import_id": str(brought),
    }
    given |= {"known_from": sql.text(known_from.isoformat()) if known_from else "NULL"}
    if TABLES[table].open_ended:
        pairs = ", ".join(f"{sql.text(name)}, {sql.name(name)}" for name in extra)
        given["extra"] = f"json_object({pairs})"
    listed = ", ".join(f"{value} AS {column}" for column, value in given.items())
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        query = f"COPY (SELECT {listed} FROM {SCHEMA}.{table}) TO {sql.text(str(file))} (FORMAT csv, HEADER false)"
        books.connection.execute(query)
        with cursor.copy(f"COPY {table_of(table)} ({', '.join(given)}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(file.read_bytes())


def invoice(invoice_id: str, amount: str = "100", **given: Any) -> dict[str, Any]:
    """An invoice of the customer `C-1`."""
    plain = {"customer_id": "C-1", "issued_on": "2026-01-10", "due_on": "2026-02-09", "currency": "EUR"}
    return plain | {"invoice_id": invoice_id, "amount": amount, "kind": "invoice", "extra": "{}"} | given


def customer(customer_id: str = "C-1", **given: Any) -> dict[str, Any]:
    """A customer."""
    plain = {
        "customer_id": customer_id,
        "name": f"Customer {customer_id}",
        "root_id": customer_id,
        "extra": "{}",
    }
    return plain | given
