"""The web server's own log lines, in the form of all others."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.glogging import Logger


class Log(Logger):
    """Leaves the writing to the logs of the application."""

    def setup(self, cfg: Any) -> None:
        """Hands the server's lines on to the root."""
        del cfg
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True
            log.setLevel(logging.WARNING)
