"""The application started as people start it: it comes up, survives `kill -9`, stops as one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from countback.project.testing import Server, jobs_of, processes, stop_database

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("serve"),
]  # one data folder, of which one process has the care

TOKEN = "watcher"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of all tests here: each but the first finds what a server before left in it."""
    return tmp_path_factory.mktemp("served") / "data"


@pytest.fixture(scope="module")
def serve(home: Path) -> Generator[Callable[..., Server]]:
    started: list[Server] = []

    def start(**environment: str) -> Server:
        started.append(Server(home, **environment))
        return started[-1].wait()

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(40)
    stop_database(home / "postgres")


@pytest.fixture(scope="module")
def lasting(serve: Callable[..., Server]) -> Callable[[], Server]:
    """A server whose measures take a token; another one where a test ended the one before."""
    found: list[Server] = []

    def running() -> Server:
        if not found or found[-1].process.poll() is not None:
            found.append(serve(COUNTBACK_METRICS_TOKEN=TOKEN))
        return found[-1]

    return running


def speaking_of(data: Path) -> list[str]:
    """Commands of processes that speak of a folder."""
    return [process.command for process in processes() if str(data) in process.command]


def test_it_comes_up_is_killed_and_stops_as_one(serve: Callable[..., Server], home: Path) -> None:
    first = serve()
    assert first.ask("/healthz") == (200, "ok\n")
    assert json.loads(first.ask("/readyz")[1]) == {
        "ready": True,
        "database": "answers",
        "migrations_waiting": 0,
    }
    status, page = first.ask("/accounts/login/")
    assert status == 200
    assert "csrfmiddlewaretoken" in page
    assert "countback_request_seconds" in first.ask("/metrics")[1]
    password = first.password
    first.kill()

    second = serve()
    assert second.ask("/readyz")[0] == 200
    assert speaking_of(home), "the database, at least"
    assert password in second.log.read_text(), "the same first person, not another one"
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(40) == 0
    for _ in range(100):
        if not speaking_of(home):
            break
        time.sleep(0.1)
    assert speaking_of(home) == []


def test_metrics_with_a_token_are_for_whoever_shows_it(lasting: Callable[[], Server]) -> None:
    server = lasting()
    assert server.ask("/metrics")[0] == 403
    assert server.ask("/metrics", Authorization="Bearer wrong")[0] == 403
    assert server.ask("/metrics", Authorization=f"Bearer {TOKEN}")[0] == 200


def test_a_process_for_jobs_that_died_is_started_again(lasting: Callable[[], Server]) -> None:
    server = lasting()
    first = _jobs_other_than(None, server)
    os.kill(first, signal.SIGKILL)
    assert _jobs_other_than(first, server) != first


def test_workers_and_jobs_do_not_outlive_their_parent(lasting: Callable[[], Server]) -> None:
    server = lasting()
    assert len(_of_group(server.process.pid)) > 2
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    for _ in range(300):
        if not _of_group(server.process.pid):
            break
        time.sleep(0.1)
    assert _of_group(server.process.pid) == []


def _jobs_other_than(dead: int | None, server: Server) -> int:
    """The process for jobs, as soon as there is one; it may come up a moment after the pages do."""
    for _ in range(300):
        if (now := jobs_of(server.process.pid)) not in (None, dead):
            return now
        time.sleep(0.1)
    raise AssertionError(f"no process for jobs other than {dead} in 30 seconds")


def _of_group(group: int) -> list[str]:
    return [process.command for process in processes() if process.group == group]


def test_a_setting_that_cannot_be_ends_it_in_one_sentence(tmp_path: Path) -> None:
    known = {**os.environ, "COUNTBACK_DATA": str(tmp_path), "COUNTBACK_TIME_ZONE": "Mars"}
    command = [sys.executable, "-m", "countback.project.cli", "serve"]
    done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "COUNTBACK_TIME_ZONE" in done.stderr
