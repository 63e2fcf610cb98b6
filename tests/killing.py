"""Kills what works, at random moments, again and again, and looks whether anything was lost or doubled.

    python -m tests.killing [--times 100] [--seed 1]

Each round imports books that grew and changed since the round before, and kills, somewhere on the way, one of: the
import, the refresh of the mirror, the database, the process that works on jobs, the whole server with its workers.
Meanwhile a report is being made and mailed. Then everything is started again and the import repeated. After each round
the ledger must hold the books of that round and nothing else, the mirror must agree with it, and the figures must be
those of `countback kpis` on the files; every report asked for must have arrived once, or say that nobody can know.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from countback.project.testing import jobs_of
from tests.post import Post, post_office

AS_OF = "2026-06-30"
KPIS = ("open_receivables", "overdue_share", "dso", "cash_applied", "average_days_to_pay")
FIRST = date(2025, 1, 1)

ASK_FOR_REPORT = """
import django
django.setup()
from datetime import UTC, datetime, time
from countback.accounts.actions import Doing
from countback.accounts.models import Person
from countback.subscriptions import actions
from countback.subscriptions.models import Subscription
from countback.subscriptions.rules import AsOf, Every, Schedule
doing = Doing(Person.objects.get(), datetime.now(UTC))
kept = Subscription.objects.first() or actions.subscribe(actions.Asked(
    name="Pack", recipients=[doing.by], where={}, currency="", relative_date=AsOf.LAST_MONTH_END,
    schedule=Schedule(Every.MONTH, time(7), "UTC", day=1), language="", formats=("xlsx",)), doing)
actions.send_now(kept.pk, doing)
"""
"""What the button "Send me one now" does."""

SEND_WAITING = """
import django, json
django.setup()
from countback.subscriptions.models import Sending
from countback.subscriptions.tasks import send_waiting_reports
send_waiting_reports()
print(json.dumps(list(Sending.objects.values_list("state", "message_id", "reason"))))
"""
"""What the job does, and how each sending stands then."""


def write_books(folder: Path, round_: int) -> Path:
    """Books of one round: each has more invoices, and some of the old ones paid or due on another day."""
    folder.mkdir(parents=True, exist_ok=True)
    customers = [(f"C{n:03}", f"Customer {n}", ("anna", "ben")[n % 2]) for n in range(40)]
    numbers = range(1_500 + 60 * round_)
    issued = {n: FIRST + timedelta(days=n % 500) for n in numbers}
    late = {n for n in numbers if n % 97 == round_ % 97}
    invoices = [
        (
            f"I{n:05}",
            f"C{n % 40:03}",
            issued[n],
            issued[n] + timedelta(days=45 if n in late else 30),
            f"{100 + n % 900}.50",
        )
        for n in numbers
    ]
    paid = [n for n in numbers if n % 3 and n < 1_200 + 60 * round_]
    payments = [
        (f"P{n:05}", f"C{n % 40:03}", issued[n] + timedelta(days=20 + n % 50), f"{100 + n % 900}.50")
        for n in paid
    ]
    applied = [(f"P{n:05}", f"I{n:05}", f"{100 + n % 900}.50") for n in paid]
    _write(folder / "customers.csv", "customer_id,name,collector", customers)
    _write(folder / "invoices.csv", "invoice_id,customer_id,issued_on,due_on,amount", invoices)
    _write(folder / "payments.csv", "payment_id,customer_id,received_on,amount", payments)
    _write(folder / "allocations.csv", "payment_id,invoice_id,amount", applied)
    return folder


def _write(file: Path, header: str, rows: list[tuple[object, ...]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


@dataclass
class Installation:
    """A data folder with whatever runs on it."""

    data: Path
    chance: random.Random
    post: Post
    server: subprocess.Popen[bytes] | None = None
    killed: dict[str, int] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def known(self) -> dict[str, str]:
        """The environment of its commands."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COUNTBACK_", "DJANGO_"))
        }
        kept.pop("DATABASE_URL", None)
        mail = f"smtp://{self.post.host}:{self.post.port}"
        return kept | {"COUNTBACK_DATA": str(self.data), "COUNTBACK_MAIL_URL": mail}

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that has been started."""
        started = subprocess.Popen(
            [sys.executable, "-m", "countback.project.cli", *arguments], env=self.known, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.started = [one for one in self.started if one.poll() is None] + [started]
        return started

    def run(self, *arguments: str) -> str:
        """What a command that must succeed prints."""
        started = self.command(*arguments)
        out, err = started.communicate(timeout=300)
        if started.returncode:
            raise AssertionError(f"countback {' '.join(arguments)} ended with {started.returncode}: {err}")
        return out

    def within(self, code: str) -> str:
        """What a piece of the application prints that must succeed."""
        settings = {"DJANGO_SETTINGS_MODULE": "countback.project.settings"}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.known | settings,
            text=True,
            capture_output=True,
            timeout=300,
        )
        if done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout

    def serve(self) -> None:
        """Starts the server where it does not run, and waits until it is ready."""
        if self.server is not None and self.server.poll() is None:
            return
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "countback.project.cli", "serve", "--port", str(port)]
        log = (self.data.parent / "server.log").open("ab")
        self.server = subprocess.Popen(
            command, env=self.known, stdout=log, stderr=log, start_new_session=True
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the server did not come up again")

    def kill_server(self) -> None:
        """Every process of the server at once."""
        if self.server is not None and self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()

    def kill_database(self) -> None:
        """The database, as a crash would: no process of it is asked."""
        if (postmaster := self._postmaster()) is not None:
            os.kill(postmaster, signal.SIGKILL)

    def _postmaster(self) -> int | None:
        file = self.data / "postgres" / "postmaster.pid"
        return int(file.read_text(encoding="utf-8").split()[0]) if file.exists() else None

    def kill_jobs(self) -> None:
        """The process that works on jobs; the server starts another."""
        if self.server is not None and (jobs := jobs_of(self.server.pid)) is not None:
            os.kill(jobs, signal.SIGKILL)

    def stop(self) -> None:
        """The end, in order, also after Ctrl-C: commands, the server, and a database that a command had started."""
        for command in self.started:
            if command.poll() is None:
                os.killpg(command.pid, signal.SIGKILL)
                command.wait()
        if self.server is not None and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(60)
        if (postmaster := self._postmaster()) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster, signal.SIGINT)


def one_round(here: Installation, source: Path) -> None:
    """An import, a kill on the way, everything started again; the state must be right."""
    here.serve()
    victims: dict[str, Callable[[], None]] = {
        "import": lambda: None, "mirror": lambda: None, "database": here.kill_database, "server": here.kill_server,
        "jobs": here.kill_jobs,
    }  # fmt: skip
    victim = here.chance.choice(list(victims))
    here.killed[victim] = here.killed.get(victim, 0) + 1
    if victim == "mirror":
        here.run("import", str(source))
    if (here.data / "mirror" / "current").exists():
        here.within(ASK_FOR_REPORT)
    working = here.command(*(("mirror", "refresh") if victim == "mirror" else ("import", str(source))))
    time.sleep(here.chance.uniform(0.3, 3.5))
    victims[victim]()
    if victim in ("import", "mirror") and working.poll() is None:
        os.killpg(working.pid, signal.SIGKILL)
    working.communicate(timeout=300)
    here.serve()
    here.run("import", str(source))
    here.run("mirror", "refresh")
    judge(here, source)
    judge_reports(here)


def judge_reports(here: Installation) -> None:
    """Every sending has come to its end, and no mail came twice or without one."""
    for _ in range(120):
        stand = json.loads(here.within(SEND_WAITING).splitlines()[-1])
        if not {"waiting", "making", "sending"} & {state for state, _, _ in stand}:
            break
        time.sleep(0.5)
    else:
        raise AssertionError(f"reports are left lying: {stand}")
    arrived = [mail["Message-ID"] for mail in here.post.mails]
    if len(set(arrived)) != len(arrived):
        raise AssertionError(f"a report came twice: {arrived}")
    for state, message, reason in stand:
        if (state == "sent") > (message in arrived) or state not in ("sent", "uncertain"):
            raise AssertionError(f"a report is {state}, {message} ({reason}), and arrived are {arrived}")
    if len(arrived) > len(stand):
        raise AssertionError(f"{len(arrived)} mails came for {len(stand)} sendings")


def judge(here: Installation, source: Path) -> None:
    """The mirror agrees with the ledger, and the figures are those of the files; importing again changes nothing."""
    here.run("mirror", "check")
    asked = [part for kpi in KPIS for part in ("--kpi", kpi)]
    ask = ["--as-of", AS_OF, "--by", "collector", "--format", "json", *asked]
    mine = json.loads(here.run("kpis", str(here.data / "mirror" / "current"), *ask))
    theirs = json.loads(here.run("kpis", str(source), *ask))
    if mine != theirs:
        raise AssertionError(f"the figures differ: {mine} and {theirs}")


def kill_again_and_again(times: int, seed: int) -> dict[str, int]:
    """That many rounds; how often each was killed. Raises AssertionError at the first loss or doubling."""
    with tempfile.TemporaryDirectory(prefix="countback-killing-") as name, post_office() as post:
        here = Installation(Path(name) / "data", random.Random(seed), post)
        try:
            for round_ in range(times):
                one_round(here, write_books(Path(name) / "books", round_))
                sys.stdout.write(f"round {round_ + 1} of {times}: right ({here.killed})\n")
                sys.stdout.flush()
        finally:
            here.stop()
        return here.killed


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("--times", type=int, default=100)
    given.add_argument("--seed", type=int, default=1)
    options = given.parse_args()
    kill_again_and_again(options.times, options.seed)
