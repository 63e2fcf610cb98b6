"""Writes the generated pages: docs/errors.md from tests/errors, docs/kpis/ from the catalogue's docstrings.

`make docs` runs it; a test fails where a page is not what it would write.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tests.errors.contents import fenced, shown
from tests.errors.gallery import SMALL_BOOKS, Case, cases

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "src/countback/kpis/catalogue"
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


def docstring_of(path: Path) -> str:
    """The docstring of the KPI that the file of the catalogue holds."""
    functions = [
        node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    ]
    return next((ast.get_docstring(node) or "" for node in functions if node.name == path.stem), "")


def kpi_page(name: str, docstring: str) -> str:
    """One page of docs/kpis: the docstring, its headings as Markdown's."""
    title, _, rest = docstring.partition("\n")
    lines = rest.strip().splitlines()
    out: list[str] = []
    for line in lines:
        if len(line) >= 3 and set(line) == {"-"} and out and out[-1].strip():
            out[-1] = f"## {out[-1]}\n"
        else:
            out.append(line)
    return (
        f"# {title.strip().rstrip('.')}\n\n{MADE}`{name}` · [all KPIs](README.md)\n\n" + "\n".join(out) + "\n"
    )


def kpi_files() -> list[Path]:
    """The files of the catalogue that hold a KPI."""
    return sorted(path for path in CATALOGUE.glob("*.py") if not path.name.startswith(("_", "test_")))


def pages() -> dict[Path, str]:
    """Every generated page: where it stands, and its text."""
    specified = {path.stem: docstring_of(path) for path in kpi_files()}
    rows = [
        f"| [`{name}`]({name}.md) | {text.partition(chr(10))[0].rstrip('.')} |"
        for name, text in specified.items()
    ]
    index = (
        f"# Every KPI\n\n{MADE}One page each, from the docstring beside the code.\n\n| id | |\n|---|---|\n"
    )
    kpis = {ROOT / f"docs/kpis/{name}.md": kpi_page(name, text) for name, text in specified.items()}
    return {
        ROOT / "docs/errors.md": errors_page(),
        ROOT / "docs/kpis/README.md": index + "\n".join(rows) + "\n",
        **kpis,
    }


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
