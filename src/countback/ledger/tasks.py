"""Jobs: reading uploads, importing them, minding those that were left lying. The clock is read here."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app

import countback.ledger.reconciling.tasks
import countback.ledger.sources.tasks  # noqa: F401 their jobs are found through this module
from countback.ledger import mirror, uploads_minded, uploads_shown, uploads_work
from countback.ledger.uploads import FIGURES, IMPORT, READ


@app.task(name=READ)
def read_upload(upload_id: str) -> None:
    """Looks at the files of an upload."""
    _work(upload_id, uploads_work.read)


@app.task(name=IMPORT, lock=IMPORT)
def run_import(upload_id: str) -> None:
    """Imports an upload that was confirmed."""
    _work(upload_id, lambda upload: uploads_work.run_import(upload, at=datetime.now(UTC)))


@app.task(name=FIGURES, lock=FIGURES)
def refresh_figures() -> None:
    """Brings the figures up to what the ledger says."""
    mirror.refresh(Path(settings.MIRROR))


@app.periodic(cron="* * * * *")
@app.task(name="keep_figures_fresh", queueing_lock="keep_figures_fresh", lock=FIGURES)
def keep_figures_fresh(timestamp: int) -> None:
    """The same, should the job that an import asked for have failed; where nothing is new it costs next to nothing."""
    del timestamp
    if uploads_shown.anything_imported():
        mirror.refresh(Path(settings.MIRROR))


@app.periodic(cron="* * * * *")
@app.task(name="take_up_stalled", queueing_lock="take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Puts jobs back in the queue whose worker was killed: it no longer gives a sign of life."""
    del timestamp
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        await jobs.retry_job(job)


@app.periodic(cron="* * * * *")
@app.task(name="mind_uploads", queueing_lock="mind_uploads")
def mind_uploads(timestamp: int) -> None:
    """Ends what nobody works on or comes back to."""
    del timestamp
    uploads_minded.mind(at=datetime.now(UTC))


def _work(upload_id: str, work: Callable[[uuid.UUID], None]) -> None:
    """Works on an upload; what nobody foresaw is said on its page, and noted in the log with the job."""
    upload = uuid.UUID(upload_id)
    try:
        work(upload)
    except Exception as error:
        uploads_work.fail(upload, error)
        raise
