"""The pages that are made from the code are what the code makes now."""

from __future__ import annotations

from pathlib import Path

import pytest

from countback.kpis.catalogue import ids
from countback.project import docs

ROOT = Path(docs.__file__).parents[3]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return docs.pages()


def test_the_page_of_the_command_line_is_up_to_date(pages) -> None:
    """The pages of KPIs are held to date with all other generated pages, by tests/errors."""
    page = ROOT / "docs/command-line.md"
    if not page.parent.is_dir():
        pytest.skip("no docs folder: the package is installed without its source tree")
    assert page.read_text("utf-8") == pages["docs/command-line.md"], "run make docs"


def test_every_kpi_has_a_page_and_a_line_in_the_index(pages) -> None:
    for kpi_id in ids():
        assert f"docs/kpis/{kpi_id}.md" in pages
        assert f"[`{kpi_id}`]({kpi_id}.md)" in pages["docs/kpis/README.md"]


def test_a_page_holds_the_whole_specification(pages) -> None:
    page = pages["docs/kpis/dso.md"]
    for part in (
        "# Days sales outstanding\n",
        "## Formula",
        "## No value when",
        "## Benchmark",
        "| `dso.window` | 90 |",
        "| 6340 |",
    ):
        assert part in page, part


def test_every_command_and_option_is_on_the_page(pages) -> None:
    page = pages["docs/command-line.md"]
    for part in (
        "## countback check",
        "## countback demo-books",
        "`--as-of DATE`",
        "`--where DIM=VALUE`",
        "| 130 |",
        "`FOLDER`",
    ):
        assert part in page, part
    assert "`--every day\\|week\\|month\\|quarter`" in page


def test_pages_of_kpis_that_are_gone_are_removed(tmp_path) -> None:
    gone = tmp_path / "docs/kpis/gone.md"
    gone.parent.mkdir(parents=True)
    gone.write_text("old")
    written = docs.write(tmp_path)
    assert not gone.exists()
    assert all(path.exists() for path in written)
