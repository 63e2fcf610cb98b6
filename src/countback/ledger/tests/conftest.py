"""What tests of uploads share: people in browsers, files to send, and a real worker on the real database."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from pytest_django import Settings

from countback.accounts.testing import World, world
from countback.ledger.upload_models import Upload

__all__ = ["world"]

ITEMS = """Invoice,Customer,Name,Issued,Due,Amount,Cleared on
I-1,C1,Brandt,2026-01-10,2026-02-09,1000.00,2026-02-20
I-2,C2,Nordvik,2026-01-20,2026-02-19,250.50,
I-3,C1,Brandt,2026-02-01,2026-03-03,400.00,
"""
"""A list of open items whose dates and amounts can be read in one way only."""

DOUBTFUL = """Invoice,Customer,Name,Issued,Due,Amount
I-1,C1,Brandt,03/04/2026,03/05/2026,1000.00
I-2,C2,Nordvik,05/04/2026,05/05/2026,250.50
"""
"""Every date of it fits two formats."""

CUSTOMERS = "customer_id,name,currency\nC1,Brandt,EUR\nC2,Nordvik,EUR\n"
INVOICES = """invoice_id,customer_id,issued_on,due_on,amount,currency
I-1,C1,2026-01-10,2026-02-09,1000.00,EUR
I-2,C2,2026-01-20,2026-02-19,250.50,EUR
"""


@pytest.fixture(autouse=True)
def kept(settings: Settings, tmp_path: Path) -> Path:
    """The folder of uploads; the mirror beside it."""
    settings.MIRROR = tmp_path / "mirror"
    settings.UPLOADS = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def no_job(transactional_db: None) -> Iterator[None]:
    """An empty queue: Django does not know its tables, and leaves them as they are between tests. Connections of the
    worker's threads end with their job."""
    del transactional_db
    kept = connection.settings_dict["CONN_MAX_AGE"]
    connection.settings_dict["CONN_MAX_AGE"] = 0
    _empty_queue()
    yield
    _empty_queue()
    connection.settings_dict["CONN_MAX_AGE"] = kept


def _empty_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def work(no_job: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Works off the queue with a worker of its own, as the process of jobs does, until it is empty. Periodic jobs, of
    whichever package, are asked for by the tests that mean them."""
    del no_job
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})

    def worked() -> None:
        worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        worker.run_worker(
            wait=False,
            concurrency=1,
            install_signal_handlers=False,
            listen_notify=False,
            delete_jobs="successful",
        )

    return worked


def sent(name: str, content: str | bytes) -> SimpleUploadedFile:
    """A file to send."""
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def zipped(**members: str) -> bytes:
    """A zip of CSV files."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)
    return out.getvalue()


@dataclass
class Desk:
    """Somebody at a browser."""

    page: Client
    work: Callable[[], None]

    def get(self, route: str, *given: Any, **asked: Any) -> Any:
        """Opens a page."""
        return self.page.get(reverse(f"ledger:{route}", args=given), **asked)

    def shown(self, route: str, *given: Any) -> str:
        """The words of a page, with blanks in one."""
        answer = self.page.get(reverse(f"ledger:{route}", args=given), follow=True)
        _expect(answer.status_code == 200, answer)
        return " ".join(answer.content.decode().split())

    def post(self, route: str, *given: Any, **fields: Any) -> Any:
        """Sends a form and follows where it leads."""
        return self.page.post(reverse(f"ledger:{route}", args=given), fields, follow=True)

    def send(self, *files: SimpleUploadedFile, **fields: Any) -> Upload:
        """Sends files, and has them read."""
        answer = self.post("upload", files=list(files), **fields)
        _expect(answer.status_code == 200, answer.content.decode())
        self.work()
        return self.latest()

    def imported(self, *files: SimpleUploadedFile, **fields: Any) -> Upload:
        """Sends files, has them read, confirms, has them imported."""
        upload = self.send(*files, **fields)
        _expect(upload.state == "read", (upload.problems, upload.wrong))
        self.post("confirm_upload", upload.id)
        self.work()
        return self.latest()

    def latest(self) -> Upload:
        """The latest upload as it stands now."""
        return Upload.objects.select_related("imported").latest("at")


def _expect(held: bool, otherwise: Any) -> None:
    if not held:
        raise AssertionError(otherwise)


@pytest.fixture
def desk(work: Callable[[], None], world: World) -> Desk:
    """Alice, who may do everything, at her browser."""
    return Desk(world.client_of(world.alice), work)
