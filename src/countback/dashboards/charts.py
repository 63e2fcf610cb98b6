"""Charts in the browser: the library that draws them, served from here, and each chart with where its parts lead."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from countback.accounts.access import needs
from countback.report.chart_parts import Spec
from countback.report.library import SNIPPET, VEGA_LITE, library
from countback.report.theme import for_page

YEAR = 365 * 24 * 60 * 60

_VERSION = hashlib.sha256(
    f"{metadata.version('vl-convert-python')} {VEGA_LITE} {SNIPPET}".encode()
).hexdigest()[:12]
"""Stands in the library's address, so that it may be kept for ever."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart of a page. `spoken`: in a sentence with its latest figures, for who cannot see it. `keys`: fields of what
    is clicked that say where it leads; `links`: their values, joined -> address. `href`: its figure's page."""

    name: str
    title: str
    sub: str
    spec: Spec
    spoken: str = ""
    href: str = ""
    keys: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    width: str = "half"

    @property
    def drawing(self) -> dict[str, object]:
        """What the browser is given to draw it."""
        return {"spec": for_page(self.spec), "keys": self.keys, "links": dict(self.links)}


def address() -> str:
    """Where the library is fetched from."""
    return reverse("dashboards:chart_library", args=[_VERSION])


@needs("see_figures")
def chart_library(request: HttpRequest, version: str) -> HttpResponse:
    """The library, packed once and kept by browsers."""
    if version != _VERSION:
        raise Http404
    accepted = "gzip" in request.headers.get("Accept-Encoding", "")
    body = packed() if accepted else gzip.decompress(packed())
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    response["Vary"] = "Accept-Encoding"
    if accepted:
        response["Content-Encoding"] = "gzip"
    return response


@cache
def packed() -> bytes:
    """The library, compressed: out of the data folder, where the first process that needs it lays it down."""
    kept = Path(settings.ENVIRONMENT.data) / "charts" / f"{_VERSION}.js.gz"
    if kept.is_file():
        return kept.read_bytes()
    made = gzip.compress(library().encode(), 9, mtime=0)
    kept.parent.mkdir(parents=True, exist_ok=True)
    beside = kept.with_name(f".{kept.name}.{uuid4().hex[:8]}.part")
    beside.write_bytes(made)
    beside.replace(kept)
    return made
