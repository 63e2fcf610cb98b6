"""PDF and pictures of the overview, of ageing and of a KPI: what is seen, and nothing of others'."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from countback import Books
from countback.accounts.testing import World
from countback.dashboards.conftest import AS_OF, WITHIN, figure_of, numbers_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]


def words_of(document: bytes) -> str:
    """The words of a PDF, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())


def seen(page: str) -> list[str]:
    """The numbers of a page as they are read."""
    return re.findall(r'<a class="rows" href="/kpis/[^"]+"><data value="[^"]*">([^<]+)</data>', page)


def test_the_overview_on_paper_says_what_the_page_says(world: World) -> None:
    reader = world.client_of(world.alice)
    page = reader.get(f"/?as_of={AS_OF}&{WITHIN}").content.decode()
    said = words_of(reader.get(f"/?as_of={AS_OF}&{WITHIN}&format=pdf").content)
    amounts = [number for number in seen(page) if re.fullmatch(r"−?[\d,]+\.\d\d", number)]
    assert len(amounts) > 5
    for amount in amounts:
        assert amount in said, amount
    for heading in ("Overview", "Region: DACH", "DSO against best possible", "Customers at risk"):
        assert heading in said, heading


def test_ageing_on_paper_has_every_line_of_the_page(world: World) -> None:
    reader = world.client_of(world.alice)
    address = f"/ageing/?as_of={AS_OF}&p.bounds=15,45"
    page = reader.get(address).content.decode()
    said = words_of(reader.get(f"{address}&format=pdf").content)
    totals = re.findall(r'<td class="sum"><a class="rows" href="[^"]+">([^<]+)</a>', page)
    assert len(totals) > 5
    for total in totals:
        assert total in said, total
    assert "16–45" in said


def test_paper_shows_nobody_s_customers_but_one_s_own(world: World, demo: Books) -> None:
    reader = world.client_of(world.charlie)
    names = [
        name for (name,) in demo.loaded.connection.execute("SELECT name FROM books.customers").fetchall()
    ]
    for address in ("/", "/ageing/", "/recovery/"):
        said = words_of(reader.get(f"{address}?as_of={AS_OF}&format=pdf").content)
        assert not [name for name in names if name in said], address


@pytest.mark.parametrize("form", ["svg", "png"])
@pytest.mark.parametrize(
    ("address", "chart"), [("/", "dso"), ("/", "rolls"), ("/kpis/dso/", "trend"), ("/kpis/dso/", "why")]
)
def test_every_chart_of_a_page_is_had_as_a_picture(world: World, address: str, chart: str, form: str) -> None:
    reader = world.client_of(world.alice)
    page = reader.get(f"{address}?as_of={AS_OF}").content.decode()
    link = f"?as_of={AS_OF}&amp;format={form}&amp;chart={chart}"
    assert link in page
    drawn = reader.get(f"{address}{link.replace('&amp;', '&')}")
    assert drawn.status_code == 200
    assert drawn["Content-Disposition"].endswith(f'{chart}-{AS_OF}.{form}"')
    assert drawn.content.startswith({"svg": b"<svg", "png": b"\x89PNG"}[form])


def test_customers_at_risk_are_told_with_why_and_rows(world: World, demo: Books) -> None:
    reader = world.client_of(world.alice)
    page = reader.get(f"/?as_of={AS_OF}").content.decode()
    section = page[page.index('id="risks"') :].split("</section>")[0]
    numbers = numbers_of(section)
    assert numbers
    for number in numbers:
        assert figure_of(reader.get(number.href).content.decode()) == number.value, number.href
    rows = demo.kpis("aging", as_of=AS_OF, by="customer").to_dicts()
    late = {row["by"]["customer"] for row in rows if row["by"]["bucket"] == "over 90" and row["value"] > 0}
    told = re.findall(r"(\d+) of (\d+): over 90 days past due", section)
    assert int(told[0][1]) >= len(late)
    for customer in sorted(late)[:3]:
        assert "long overdue" in section, customer
