"""Small pictures drawn as plain SVG: sparklines and ageing bars need no library and no script."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from countback.core.aging import UNAPPLIED

WIDTH, HEIGHT = Decimal(120), Decimal(26)


def sparkline(points: Sequence[Decimal | None], aim: Decimal | None = None) -> Markup:
    """A line through the points that have a value, broken where one has none; the aim as a dashed level."""
    known = [point for point in points if point is not None]
    if len(known) < 2:
        return Markup("")
    low, high = min(known), max(known)
    shown_aim = aim if aim is not None and low - (high - low) <= aim <= high + (high - low) else None
    if shown_aim is not None:
        low, high = min(low, shown_aim), max(high, shown_aim)

    def y(value: Decimal) -> Decimal:
        share = (value - low) / (high - low) if high > low else Decimal("0.5")
        return HEIGHT - 2 - share * (HEIGHT - 4)

    step = WIDTH / (len(points) - 1)
    lines = "".join(_line([(place * step, y(value)) for place, value in run]) for run in _runs(points))
    level = (
        "" if shown_aim is None else f'<line class="aim" x1="0" x2="{WIDTH}" {_level("y", y(shown_aim))}/>'
    )
    return Markup(  # noqa: S704 -- numbers only
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f"{level}{lines}</svg>"
    )


def _runs(points: Sequence[Decimal | None]) -> list[list[tuple[int, Decimal]]]:
    """Neighbours that have a value, with their places."""
    runs: list[list[tuple[int, Decimal]]] = [[]]
    for place, point in enumerate(points):
        if point is None:
            runs.append([])
        else:
            runs[-1].append((place, point))
    return [run for run in runs if run]


def _line(points: Sequence[tuple[Decimal, Decimal]]) -> str:
    """A line; a point that stands alone becomes a dash, so that it can be seen."""
    if len(points) == 1:
        x, y = points[0]
        points = [(x - 1, y), (x + 1, y)]
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _level(axis: str, value: Decimal) -> str:
    return f'{axis}1="{value:.1f}" {axis}2="{value:.1f}"'


def aging_bar(cells: Sequence[tuple[str, Decimal]], height: int = 8) -> Markup:
    """Open amounts by age as one bar; unapplied credit lies outside it. Classes a0, a1 … carry the colours."""
    owed = [(name, max(amount, Decimal(0))) for name, amount in cells if name != UNAPPLIED]
    total = sum((amount for _, amount in owed), Decimal(0))
    if not total:
        return Markup("")
    rects, left = "", Decimal(0)
    for place, (_, amount) in enumerate(owed):
        width = amount / total * 100
        size = f'x="{left:.3f}" y="0" width="{width:.3f}" height="{height}"'
        rects += f'<rect class="a{min(place, 4)}" {size}/>'
        left += width
    return Markup(  # noqa: S704 -- numbers only
        f'<svg class="ageing-bar" viewBox="0 0 100 {height}" height="{height}" preserveAspectRatio="none" '
        f'aria-hidden="true">{rects}</svg>'
    )
