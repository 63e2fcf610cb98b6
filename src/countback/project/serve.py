"""Everything that the application is, started in one process tree: database, migrations, jobs, web."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from countback.project.at_hand import set_up
from countback.project.environment import Environment


@dataclass(frozen=True, slots=True)
class Serving:
    """Where it listens, and how much it does at once."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 4


def prepare(environment: Environment) -> None:
    """Starts the database where it is ours, brings its tables up to date, lays out the static files."""
    set_up(environment)
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


class Web(BaseApplication):
    """The web server: several processes of several threads each, watched by their parent."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self.jobs: subprocess.Popen[bytes] | None = None
        self.stopping = threading.Event()
        super().__init__()

    def load_config(self) -> None:
        """Settings of the server."""
        serving = self.serving
        given: dict[str, Any] = {
            "bind": f"{serving.host}:{serving.port}",
            "workers": serving.workers,
            "threads": serving.threads,
            "worker_class": "gthread",
            "timeout": 120,
            "graceful_timeout": 20,
            "accesslog": None,
            "logger_class": "countback.project.serve_log.Log",
            "when_ready": self._keep_jobs_running,
            "on_exit": self._stop_jobs,
            "post_worker_init": _warmer(secrets.token_bytes(32)),
            "child_exit": _forget,
            "proc_name": "countback",
            "control_socket_disable": True,
        }
        for name, value in given.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, loaded in each worker."""
        from countback.project.wsgi import application

        return application

    def _keep_jobs_running(self, _: Any) -> None:
        self._start_jobs()
        threading.Thread(target=self._mind_jobs, daemon=True).start()

    def _start_jobs(self) -> None:
        work = f"from countback.project.jobs import main; main({os.getpid()})"
        self.jobs = subprocess.Popen([sys.executable, "-c", work])  # noqa: S603 our own command

    def _mind_jobs(self) -> None:
        """A process for jobs that died is started again, as the web server does with its own."""
        while not self.stopping.wait(1):
            if self.jobs and self.jobs.poll() is not None:
                self._start_jobs()

    def _stop_jobs(self, _: Any) -> None:
        self.stopping.set()
        if self.jobs and self.jobs.poll() is None:
            self.jobs.send_signal(signal.SIGTERM)
            try:
                self.jobs.wait(20)
            except subprocess.TimeoutExpired:
                self.jobs.kill()


def _warmer(seal: bytes) -> Callable[[Any], None]:
    """What every first page needs is made ready while nobody waits for it, again whenever the books move. `seal`: what
    the workers of this server have in common."""

    def warm(_: Any) -> None:
        from django.conf import settings

        from countback.project.warming import start_warming

        start_warming(
            settings.MIRROR, lambda: datetime.now(UTC).astimezone(settings.ENVIRONMENT.time_zone), seal
        )

    return warm


def _forget(_: Any, worker: Any) -> None:
    """A worker that is gone no longer counts among the live measures."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def measures_folder(data: Path) -> Path:
    """An empty folder in which the processes keep their measures."""
    folder = data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
