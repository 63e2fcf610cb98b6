"""For tests: the application, started as people start it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Process(NamedTuple):
    """One that lives on this machine."""

    pid: int
    parent: int
    group: int
    command: str


def processes() -> list[Process]:
    """All that live; with whole commands, which `ps` else cuts off at the width of a screen."""
    listed = subprocess.run(
        ["ps", "-ewwo", "pid=,ppid=,pgid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    found = (line.split(None, 4) for line in listed.splitlines())
    return [
        Process(int(pid), int(parent), int(group), command)
        for pid, parent, group, state, command in found
        if not state.startswith("Z")
    ]


def jobs_of(server: int) -> int | None:
    """The process in which a server works on jobs; None where there is none just now."""
    return next((p.pid for p in processes() if p.parent == server and "project.jobs" in p.command), None)


class Server:
    """A `countback serve` on a data folder."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.port = free_port()
        self.log = data.with_suffix(f".{self.port}.log")
        known = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COUNTBACK_", "DJANGO_"))
        }
        known |= {"COUNTBACK_DATA": str(data), **environment}
        known.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "countback.project.cli", "serve", "--port", str(self.port)]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                command, env=known, stdout=out, stderr=out, start_new_session=True
            )

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def wait(self) -> Server:
        """Until it is ready."""
        for _ in range(600):
            if self.process.poll() is not None:
                raise AssertionError(self.log.read_text())
            try:
                if self.ask("/readyz")[0] == 200:
                    return self
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://localhost:{self.port}"

    @property
    def password(self) -> str:
        """Of the first person, as it was printed."""
        said = re.search(r"with the password (\S+)", self.log.read_text())
        assert said
        return said[1]

    def kill(self) -> None:
        """Every process of it at once, as a power cut would, but for the database, which is a process of its own."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def served(data: Path, **environment: str) -> Generator[Server]:
    """The server on a data folder, as long as the block lasts; its database stops with it."""
    server = Server(data, **environment)
    try:
        yield server.wait()
    finally:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(40)
        stop_database(data / "postgres")


def stop_database(folder: Path) -> None:
    """Stops a database of its own that a killed server left running."""
    file = folder / "postmaster.pid"
    if file.exists():
        with suppress(ProcessLookupError):
            os.kill(int(file.read_text().split()[0]), signal.SIGINT)
