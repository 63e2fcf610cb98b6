"""Books for the tests of the report, and its page taken apart."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from countback import Books, open_books
from countback.books.demo import write_demo_books
from countback.report.content import Content, gather

AS_OF = date(2026, 10, 31)
TARGETS = {"overdue_share": Decimal(15), "dso": Decimal("42.5")}

SMALL = {
    "customers": "customer_id,name,segment,currency\nC1,Alder,north,EUR\nC2,Birch,south,EUR\n",
    "invoices": (
        "invoice_id,customer_id,issued_on,due_on,amount,currency\n"
        "I1,C1,2026-01-10,2026-02-09,100.00,EUR\n"
        "I2,C2,2026-02-10,2026-03-12,250.00,EUR\n"
        "I3,C1,2026-03-01,2026-03-31,300.00,EUR\n"
    ),
    "payments": "payment_id,customer_id,received_on,amount,currency\nP1,C1,2026-03-05,100.00,EUR\n",
    "allocations": "payment_id,credit_note_id,invoice_id,amount,applied_on\nP1,,I1,100.00,2026-03-05\n",
}
"""As of 2026-03-31 open: I2 250 (overdue by 19 days) and I3 300 (due that day)."""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Callable[..., Books]]:
    """Opens small books, some of their tables replaced or, as None, left out."""
    opened: list[Books] = []

    def books(**tables: str | None) -> Books:
        folder = tmp_path / f"small{len(opened)}"
        folder.mkdir()
        for name, text in (SMALL | tables).items():
            if text is not None:
                (folder / f"{name}.csv").write_text(text, "utf-8", newline="")
        opened.append(open_books(folder))
        return opened[-1]

    yield books
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Demo books of forty customers and two and a half years."""
    folder = tmp_path_factory.mktemp("report") / "demo"
    write_demo_books(folder, customers=40, months=30, ends_on=AS_OF)
    with open_books(folder) as books:
        yield books


@pytest.fixture(scope="session")
def content(demo: Books) -> Content:
    """What the report of the demo books says, with targets of two KPIs."""
    return gather(demo, as_of=AS_OF, targets=TARGETS)


@pytest.fixture(scope="session")
def html(content: Content) -> bytes:
    """The page of the demo books."""
    from countback.report.html import render

    return render(content)


@pytest.fixture(scope="session")
def figures(demo: Books) -> dict[str, dict[str, Any]]:
    """Every single-valued KPI of the demo books, asked apart from the report."""
    return {row["kpi"]: row for row in demo.kpis(as_of=AS_OF)}


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    inner: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, with single spaces."""
        parts = [part if isinstance(part, str) else part.text for part in self.inner]
        return " ".join(" ".join(parts).split())

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Elements within of that tag and these attributes (`css` for the class), in their order."""
        wanted = {"class" if name == "css" else name: value for name, value in attributes.items()}
        found = []
        for part in self.inner:
            if isinstance(part, Element):
                fits = all(value in part.attributes.get(name, "").split() for name, value in wanted.items())
                found += [part] if fits and tag in ("", part.tag) else []
                found += part.all(tag, **attributes)
        return found

    def rows(self) -> list[list[str]]:
        """The body of the table within, as text."""
        return [[cell.text for cell in row.all("td")] for row in self.all("tbody")[0].all("tr")]


class _Reader(HTMLParser):
    """Builds the tree; elements that have no end are closed at once."""

    EMPTY = ("meta", "br", "hr", "img", "link")

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inner.append(element)
        if tag not in self.EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inner.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            pytest.fail(f"</{tag}> closes <{self.open[-1].tag}>")
        self.open.pop()

    def _take(self, data: str) -> None:
        self.open[-1].inner.append(data)

    handle_data = _take


@pytest.fixture(scope="session")
def parse() -> Callable[[bytes], Element]:
    """Takes a page apart; fails where an element is not closed."""

    def parsed(page: bytes) -> Element:
        reader = _Reader()
        reader.feed(page.decode())
        if len(reader.open) > 1:
            pytest.fail(f"<{reader.open[-1].tag}> is not closed")
        return reader.open[0]

    return parsed


@pytest.fixture(scope="session")
def page(html: bytes, parse: Callable[[bytes], Element]) -> Element:
    """The page of the demo books, taken apart."""
    return parse(html)


@pytest.fixture(scope="session")
def read_pdf() -> Callable[[bytes], str]:
    """The words of a document, with single spaces."""
    from pypdf import PdfReader

    def words(document: bytes) -> str:
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]
        return " ".join(" ".join(pages).split())

    return words
