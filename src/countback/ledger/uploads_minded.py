"""Minding uploads: none waits for a job that is not there, none keeps files that nobody comes back for."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from countback.ledger import uploads_files
from countback.ledger.upload_models import UNDER_WAY, State, Upload
from countback.ledger.uploads import Asker, UnableToChangeUpload, give_up, moved

WAITED_FOR = timedelta(days=7)
"""How long an upload waits for a person."""

_WORKED_ON = (State.RECEIVED.value, *UNDER_WAY)
_LEFT_ALONE = timedelta(hours=1)


def mind(*, at: datetime) -> None:
    """Fails uploads without a job, gives up those that waited for a week, deletes files of none."""
    for upload in Upload.objects.filter(state__in=_WORKED_ON):
        if not _has_job(upload.id):
            wrong = {
                "what": f"{upload.name} was not finished",
                "why": "the job that worked on it was lost; nothing of it was kept",
                "remedy": "try again",
            }
            moved(upload.id, _WORKED_ON, State.FAILED, by_attempt=upload.attempt, wrong=wrong)
    waiting = (State.ASKING, State.READ, State.REFUSED, State.FAILED)
    for upload in Upload.objects.filter(state__in=waiting, at__lt=at - WAITED_FOR):
        try:
            give_up(upload, asker=Asker(None, at))
        except UnableToChangeUpload:
            continue  # somebody came back to it just now
    _delete_strays(at)


def _has_job(upload: uuid.UUID) -> bool:
    jobs = ProcrastinateJob.objects.filter(status__in=("todo", "doing"), args__upload_id=str(upload))
    return bool(jobs.exists())


def _delete_strays(at: datetime) -> None:
    """Folders of uploads that are done, were given up, or never came to be."""
    folder = Path(settings.UPLOADS)
    kept = {path.name: path for path in (folder.iterdir() if folder.is_dir() else ())}
    over = (State.DONE, State.GIVEN_UP)
    wanted = {str(upload) for upload in Upload.objects.exclude(state__in=over).values_list("pk", flat=True)}
    for name in kept.keys() - wanted:
        if at - datetime.fromtimestamp(kept[name].stat().st_mtime, UTC) > _LEFT_ALONE:
            uploads_files.forget(uuid.UUID(name))
