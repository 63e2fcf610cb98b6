"""What people do with saved views and dashboards: each in one transaction, told to the audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.urls import Resolver404, resolve

from countback.accounts.actions import Doing
from countback.accounts.rules import may
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.dashboards.models import Dashboard, Tile, View
from countback.dashboards.rules import MOST_COLUMNS, MOST_TILES, USUAL_COLUMNS, Kind, moved

LONGEST_NAME = 200
LONGEST_QUERY = 2000

UNSAVED = ("page", "format", "part", "chart")
"""Keys of a query string that are no part of what is seen again."""


class UnableToSave(CountbackError):
    """What was to be kept cannot be."""


def save_view(*, name: str, page: str, query: str, shared: bool, doing: Doing) -> View:
    """Keeps a page of ours, as it is asked, under a name. Raises UnableToSave."""
    what = "the view was not saved"
    _refuse_foreign(what, page, doing)
    if len(query) > LONGEST_QUERY:
        raise UnableToSave(what, "it asks for too much at once", "choose fewer values to filter by")
    with transaction.atomic():
        view = View(
            name=_named(what, name), owner=doing.by, page=page, query=query, shared=shared, made_at=doing.at
        )
        view.save(force_insert=True)
        _told("view saved", view, doing, None, _state(view))
    return view


def save_dashboard(*, name: str, shared: bool, doing: Doing) -> Dashboard:
    """Makes a dashboard without tiles. Raises UnableToSave."""
    with transaction.atomic():
        dashboard = Dashboard(
            name=_named("the dashboard was not made", name), owner=doing.by, shared=shared, made_at=doing.at
        )
        dashboard.save(force_insert=True)
        _told("dashboard made", dashboard, doing, None, _state(dashboard))
    return dashboard


def change_view(view_id: int, *, name: str, shared: bool, doing: Doing) -> None:
    """Renames a view, shares it or takes that back. Raises UnableToSave."""
    with transaction.atomic():
        _changed(View.objects.select_for_update().get(pk=view_id), "view changed", name, shared, doing)


def change_dashboard(dashboard_id: int, *, name: str, shared: bool, doing: Doing) -> None:
    """The same of a dashboard. Raises UnableToSave."""
    with transaction.atomic():
        _changed(_locked(dashboard_id), "dashboard changed", name, shared, doing)


def delete_view(view_id: int, *, doing: Doing) -> None:
    """Deletes a view; what it was stays in the audit."""
    with transaction.atomic():
        _deleted(View.objects.select_for_update().get(pk=view_id), "view deleted", doing)


def delete_dashboard(dashboard_id: int, *, doing: Doing) -> None:
    """Deletes a dashboard with its tiles; what it was stays in the audit."""
    with transaction.atomic():
        _deleted(_locked(dashboard_id), "dashboard deleted", doing)


def add_tile(dashboard_id: int, *, kind: Kind, kpi: str, dimension: str, doing: Doing) -> None:
    """Adds a tile at the end. Raises UnableToSave where there are too many."""

    def added(dashboard: Dashboard, tiles: list[Tile]) -> None:
        if len(tiles) >= MOST_TILES:
            why = f"{dashboard.name} has {MOST_TILES} already, which is the most"
            raise UnableToSave("the tile was not added", why, "remove one, or make another dashboard")
        Tile.objects.create(
            dashboard=dashboard, place=len(tiles) + 1, kind=kind.value, kpi=kpi, dimension=dimension,
            columns=USUAL_COLUMNS[kind],
        )  # fmt: skip

    _arranged(dashboard_id, doing, added)


def remove_tile(dashboard_id: int, tile_id: int, *, doing: Doing) -> None:
    """Takes a tile away. Nothing where it is gone already."""

    def removed(_: Dashboard, tiles: list[Tile]) -> None:
        Tile.objects.filter(pk__in=[tile.pk for tile in tiles if tile.pk == tile_id]).delete()
        _place([tile for tile in tiles if tile.pk != tile_id])

    _arranged(dashboard_id, doing, removed)


def move_tile(dashboard_id: int, tile_id: int, *, step: int, doing: Doing) -> None:
    """Moves a tile one place further on (1) or back (-1). Nothing where it is gone."""

    def shifted(_: Dashboard, tiles: list[Tile]) -> None:
        tile = next((tile for tile in tiles if tile.pk == tile_id), None)
        if tile is not None:
            _place(moved(tiles, tile, step))

    _arranged(dashboard_id, doing, shifted)


def resize_tile(dashboard_id: int, tile_id: int, *, columns: int, doing: Doing) -> None:
    """Makes a tile that many columns wide. Raises UnableToSave for a width that there is not."""
    if not 1 <= columns <= MOST_COLUMNS:
        raise UnableToSave(
            "the tile was left as wide as it is",
            f"{columns} is no number of columns",
            f"choose 1 to {MOST_COLUMNS}",
        )

    def sized(_: Dashboard, tiles: list[Tile]) -> None:
        Tile.objects.filter(pk__in=[tile.pk for tile in tiles if tile.pk == tile_id]).update(columns=columns)

    _arranged(dashboard_id, doing, sized)


def _arranged(dashboard_id: int, doing: Doing, change: Callable[[Dashboard, list[Tile]], None]) -> None:
    """Changes the tiles, told as a whole before and after."""
    with transaction.atomic():
        dashboard = _locked(dashboard_id)
        before = _state(dashboard)
        change(dashboard, list(dashboard.tiles.all()))
        after = _state(dashboard)
        if after != before:
            _told("dashboard arranged", dashboard, doing, before, after)


def _place(tiles: list[Tile]) -> None:
    for place, tile in enumerate(tiles, start=1):
        tile.place = place
    Tile.objects.bulk_update(tiles, ["place"])


def _refuse_foreign(what: str, page: str, doing: Doing) -> None:
    """Raise UnableToSave for what is no page that the person may open."""
    try:
        need = getattr(resolve(page).func, "needs", "") if not page.startswith("//") else ""
    except Resolver404:
        need = ""
    if not need or not may(doing.by.role, need):
        raise UnableToSave(
            what, f"{page[:100]!r} is no page of yours", "open the page, and save it from there"
        )


def _named(what: str, name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME:
        why = f"its name has more than {LONGEST_NAME} characters" if plain else "it has no name"
        raise UnableToSave(what, why, "give it a short name")
    return plain


def _changed(saved: View | Dashboard, what: str, name: str, shared: bool, doing: Doing) -> None:
    before = _state(saved)
    saved.name, saved.shared = _named(f"{saved.name} was left as it is", name), shared
    saved.save(update_fields=["name", "shared"])
    after = _state(saved)
    if after != before:
        _told(what, saved, doing, before, after)


def _deleted(saved: View | Dashboard, what: str, doing: Doing) -> None:
    before, number = _state(saved), saved.pk
    saved.delete()
    saved.pk = number
    _told(what, saved, doing, before, None)


def _locked(dashboard_id: int) -> Dashboard:
    return Dashboard.objects.select_for_update().get(pk=dashboard_id)


def _state(saved: View | Dashboard) -> dict[str, Any]:
    """What the audit compares."""
    told: dict[str, Any] = {"name": saved.name, "shared": saved.shared}
    if isinstance(saved, View):
        return told | {"page": saved.address}
    tiles = Tile.objects.filter(dashboard=saved).order_by("place")
    return told | {"tiles": [f"{tile}, {tile.columns} wide" for tile in tiles]}


def _told(
    what: str,
    saved: View | Dashboard,
    doing: Doing,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    about = ("view" if isinstance(saved, View) else "dashboard", str(saved.pk))
    record(who=doing.by, what=what, about=about, at=doing.at, before=before, after=after, where=doing.where)
