"""The catalogue as a list for reading: ids and titles under their topics."""

from __future__ import annotations


def draw_catalogue() -> None:
    """Every KPI by topic, on standard output."""
    from rich.text import Text

    from countback.kpis.catalogue import ids
    from countback.project.listing import by_topic, specification
    from countback.project.terminal import console

    screen = console()
    widest = max(map(len, ids()), default=0)
    for topic, found in by_topic():
        screen.print(Text(f"\n{topic.title}", "bold"))
        for kpi_id in found:
            screen.print(Text(f"  {kpi_id:{widest}}  {specification(kpi_id).title}"), soft_wrap=True)
