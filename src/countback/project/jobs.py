"""The process that works on jobs: a few at once, beside the web server that started it.

python -m countback.project.jobs PARENT
"""

from __future__ import annotations

import os
import threading
import time

CONCURRENTLY = 2
"""Jobs at once: a long import holds up no mail."""


def main(parent: int) -> None:
    """Works until it is told to stop, or until the process that started it is gone."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "countback.project.settings")
    django.setup()
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    from procrastinate.contrib.django import app

    app.with_connector(app.connector.get_worker_connector()).run_worker(  # type: ignore[attr-defined]
        concurrency=CONCURRENTLY, install_signal_handlers=True, delete_jobs="successful"
    )


def _leave_with(parent: int) -> None:
    """A parent that was killed cannot say goodbye."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
