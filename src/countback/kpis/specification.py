"""A KPI's docstring is its specification: cards, tooltips, documentation and `--help` are read from it."""

from __future__ import annotations

from dataclasses import dataclass

SECTIONS = ("Formula", "Unit", "Source", "No value when", "Notes", "Example")


@dataclass(frozen=True, slots=True)
class Specification:
    """The docstring, taken apart. `title`: its first line without the full stop. `summary`: what follows, before
    the sections. `sections`: text by heading. `example`: rows of the Example table, column name -> text."""

    title: str
    summary: str
    sections: dict[str, str]
    example: tuple[dict[str, str], ...]

    def __getitem__(self, section: str) -> str:
        return self.sections[section]


def read_specification(docstring: str) -> Specification:
    """Take a docstring apart. Sections are headings underlined with dashes; the Example holds a table of `|` cells."""
    title, _, rest = docstring.strip().partition("\n")
    blocks: dict[str, list[str]] = {"": []}
    current = ""
    lines = rest.splitlines()
    for number, line in enumerate(lines):
        below = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if line.strip() in SECTIONS and below and set(below) == {"-"}:
            current = line.strip()
            blocks[current] = []
        elif not (line.strip() and set(line.strip()) == {"-"}):
            blocks[current].append(line)
    texts = {name: "\n".join(block).strip() for name, block in blocks.items()}
    summary = texts.pop("")
    return Specification(title.strip().rstrip("."), summary, texts, _table(texts.get("Example", "")))


def _table(text: str) -> tuple[dict[str, str], ...]:
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    if len(cells) < 3:
        return ()
    header, _, *body = cells
    return tuple(dict(zip(header, row, strict=True)) for row in body)
