"""The catalogue: one file, one KPI. Drop a file in and the KPI exists; delete it and it is gone."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from countback.core.problem import Misuse
from countback.kpis.kpi import Kpi


@cache
def ids() -> tuple[str, ...]:
    """Every KPI's id, in alphabetical order."""
    return tuple(
        sorted(module.name for module in iter_modules(__path__) if not module.name.startswith(("_", "test_")))
    )


@cache
def find(kpi_id: str) -> Kpi:
    """The KPI of that id. Raises Misuse with the nearest ids where there is none."""
    if kpi_id not in ids():
        near = difflib.get_close_matches(kpi_id, ids(), 3, 0.5)
        remedy = f"did you mean {' or '.join(near)}" if near else "see `countback list` for the ids"
        raise Misuse(f"{kpi_id!r} was not computed", "there is no KPI of that id", remedy)
    found: Kpi = getattr(import_module(f"{__name__}.{kpi_id}"), kpi_id)
    return found


def catalogue() -> tuple[Kpi, ...]:
    """Every KPI, in alphabetical order of its id."""
    return tuple(find(kpi_id) for kpi_id in ids())
