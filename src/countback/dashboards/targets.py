"""What figures are to be: the targets that people set, given by the application's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from countback.dashboards.asked import Asked
from countback.ledger.figures import Figures, held

Targets = Callable[[date, Mapping[str, Any]], Mapping[str, Decimal]]


def targets_of(figures: Figures, asked: Asked) -> dict[str, Decimal]:
    """The targets that stand on the date for exactly what is shown: whoever sees a part of the books is compared with
    the targets of that part, not of the whole. By KPI."""
    shown = asked.without("currency") if asked.aside else asked
    given: Targets = import_string(settings.TARGETS)
    return dict(given(asked.as_of, held(dict(shown.where), figures.scope)))
