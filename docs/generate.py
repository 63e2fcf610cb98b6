"""Writes the generated pages: docs/errors.md from tests/errors, docs/kpis/ and docs/command-line.md from docstrings.

`make docs` runs it; a test fails where a page is not what it would write.
"""

from __future__ import annotations

import sys
from pathlib import Path

from countback.project.docs import pages as of_the_command_line_and_kpis
from tests.errors.contents import fenced, shown
from tests.errors.gallery import SMALL_BOOKS, Case, cases

ROOT = Path(__file__).resolve().parents[1]
MADE = "<!-- Made by `make docs`; do not edit. -->\n\n"


def entry(case: Case) -> str:
    """One message of docs/errors.md."""
    parts = [f"## {case.name.replace('_', ' ')}\n", f"{case.about}\n"]
    parts += [shown(name, content) for name, content in case.files.items()]
    parts += [f"`{name}` is not there.\n" for name in case.absent]
    parts += [shown("profile.toml", case.profile)] if case.profile is not None else []
    prompt = ">>> " if case.python else "" if case.before else "$ "
    return "\n".join([*parts, fenced(f"{prompt}{case.asked}\n{case.says.strip()}")])


def errors_page() -> str:
    """docs/errors.md."""
    small = "\n".join(shown(path.name, path.read_text("utf-8")) for path in sorted(SMALL_BOOKS.iterdir()))
    head = (
        f"# Every message\n\n{MADE}Each message that a user of Countback can meet, with what provokes it. It says what "
        "did not happen and to which record, why, and what to do. The files are laid over these small books:\n"
    )
    return "\n".join([head, small, *map(entry, cases())])


def pages() -> dict[Path, str]:
    """Every generated page: where it stands, and its text."""
    made = {ROOT / path: text for path, text in of_the_command_line_and_kpis().items()}
    return {ROOT / "docs/errors.md": errors_page(), **made}


def main() -> int:
    """Write every page, and remove those of KPIs that are gone."""
    made = pages()
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for path in (ROOT / "docs/kpis").glob("*.md"):
        if path not in made:
            path.unlink()
    print(f"{len(made)} pages written in docs/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
