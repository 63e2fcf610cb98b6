"""Writes the generated pages: docs/errors.md from tests/errors, docs/kpis/ and docs/command-line.md from docstrings,
docs/glossary.md from the application's help.

`make docs` runs it; a test fails where a page is not what it would write.
"""

from __future__ import annotations

import sys
from pathlib import Path

from countback.project.docs import pages as of_the_command_line_and_kpis
from tests.errors.contents import fenced, shown
from tests.errors.gallery import SMALL_BOOKS, Case, cases

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 60
"""Letters of a value that are shown."""

MADE = "<!-- Made by `make docs`; do not edit. -->\n\n"


def entry(case: Case) -> str:
    """One message of docs/errors.md."""
    parts = [f"## {case.name.replace('_', ' ')}\n", f"{case.about}\n"]
    parts += [shown(name, content) for name, content in case.files.items()]
    parts += [f"`{name}` is not there.\n" for name in case.absent]
    parts += [shown("profile.toml", case.profile)] if case.profile is not None else []
    parts += [f"It is read beside {case.beside}.\n"] if case.beside else []
    return "\n".join([*parts, fenced("\n".join(provoked(case)))])


def provoked(case: Case) -> list[str]:
    """What provokes the message, and what is said, as on a terminal."""
    said = case.says.strip()
    before = [typed(case.before)] if case.before else []
    if case.page:
        return [*before, opened(case), said]
    if not case.python:
        return [*before, f"$ {case.asked}", said]
    code = [typed(one) for one in case.python]
    lines = said.splitlines()
    if len(code) == len(lines):
        return [line for pair in zip(code, lines, strict=True) for line in pair]
    return [*code, said]


def typed(code: str) -> str:
    """Python as it is typed."""
    first, *rest = code.strip().splitlines()
    return "\n".join([f">>> {first}", *(f"... {line}".rstrip() for line in rest)])


def opened(case: Case) -> str:
    """A page as it is opened, and by whom, or what is sent to it."""
    by = f" ({case.who})" if case.who else ""
    if case.form is None:
        return f"GET {case.page}{by}"
    sent = [
        f"{name}={value if len(value) <= LONGEST else value[:LONGEST] + '…'}"
        for name, value in case.form.items()
    ]
    sent += [f"{name}={file}" for name, file in case.sends.items()]
    return " ".join([f"POST {case.page}{by}", *sent])


def errors_page() -> str:
    """docs/errors.md."""
    small = "\n".join(shown(path.name, path.read_text("utf-8")) for path in sorted(SMALL_BOOKS.iterdir()))
    head = (
        f"# Every message\n\n{MADE}Each message that a user of Countback can meet, with what provokes it. It says what "
        "did not happen and to which record, why, and what to do. Files are laid over the small books below, which the "
        "application holds, too. A page (GET, POST) is asked by alice (administrator), bob (collector) or charlie "
        "(viewer of another entity).\n"
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
