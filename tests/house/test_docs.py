"""The documentation points at what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, none_of

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
NAMED_PATH = re.compile(r"`((?:src|tests|docs|bench|requirements)/[\w./-]+|[\w-]+\.(?:md|toml))`")


def pages() -> list[Path]:
    """Every Markdown page."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def anchors(page: Path) -> set[str]:
    """What `#...` may follow the page's name: its headings as GitHub writes them."""
    headings = re.findall(r"^#+ +(.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> list[str]:
    """Links of the page that lead nowhere; addresses of the web are not followed."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    findings = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists():
            findings.append(
                f"{page.relative_to(ROOT)}: {target} is not there; mend the link or make the file"
            )
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            findings.append(f"{page.relative_to(ROOT)}: {target}: the page has no such heading")
    return findings


def missing_paths(page: Path) -> list[str]:
    """Files that the page names in code marks and that are not there."""
    named = NAMED_PATH.findall(page.read_text("utf-8"))
    gone = [path for path in named if not (ROOT / path).exists() and not list(ROOT.glob(f"*/{path}"))]
    return [f"{page.relative_to(ROOT)}: `{path}` is not there; name the place where it is" for path in gone]


def test_no_link_is_dead() -> None:
    none_of([finding for page in pages() for finding in dead_links(page)])


def test_every_file_that_a_page_names_is_there() -> None:
    written = [page for page in pages() if page.parent != ROOT / "docs/kpis" and page.name != "errors.md"]
    none_of([finding for page in written for finding in missing_paths(page)])


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        targets = [
            (page.parent / link.partition("#")[0]).resolve() for link in LINK.findall(page.read_text("utf-8"))
        ]
        ahead += [
            target
            for target in targets
            if target.suffix == ".md" and target.exists() and target not in reached
        ]
    lost = set(pages()) - reached
    none_of([f"{page.relative_to(ROOT)}: no page leads here; link it" for page in lost])


def test_the_python_of_the_readme_runs() -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert blocks
    for block in blocks:
        exec(compile(block.replace("FOLDER", str(ROOT / "tests/errors/books")), "README.md", "exec"), {})


def test_a_dead_link_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.house.test_docs.ROOT", tmp_path)
    page = tmp_path / "a.md"
    page.write_text(
        "# One Two\n[a](b.md) [b](#one-two) [c](#three) [d](https://example.com)\n`src/none.py`", "utf-8"
    )
    assert [finding.split()[1] for finding in dead_links(page)] == ["b.md", "#three:"]
    assert missing_paths(page)
