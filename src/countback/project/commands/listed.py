"""`countback list`: the catalogue."""

from __future__ import annotations


def list_kpis() -> None:
    """List every KPI by topic: its id and what it is."""
    from countback.project.shown.catalogue import draw_catalogue

    draw_catalogue()
