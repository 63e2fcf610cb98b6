"""The pages of documentation that are made from the code: docs/command-line.md, docs/glossary.md and docs/kpis/.

`python -m countback.project.docs` writes them below the root of the source tree, or below the folder that is named.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countback.kpis.topics import topic_of
from countback.project.app import command
from countback.project.commands.describe import benchmark_words, default_words
from countback.project.listing import by_topic, first_sentence, specification

if TYPE_CHECKING:
    from countback.kpis.kpi import Kpi

MADE = "<!-- Made by `make docs`; do not edit. -->"
"""Stands on top of every page that is made."""

_ROOT = Path(__file__).parents[3]


def pages() -> dict[str, str]:
    """Every page: its path below the root of the source tree, and its text."""
    from countback.kpis.catalogue import catalogue
    from countback.project.guide import glossary

    made = {"docs/command-line.md": command_line_page(), "docs/kpis/README.md": index_page()}
    made["docs/glossary.md"] = glossary.page()
    return made | {f"docs/kpis/{kpi.id}.md": kpi_page(kpi) for kpi in catalogue()}


def command_line_page() -> str:
    """docs/command-line.md: every command with its arguments and options."""
    whole = command()
    context = whole.make_context("countback", [], resilient_parsing=True)
    parts = ["# The command line", MADE, _lines(whole.help), _EXIT_CODES]
    parts += [_command_section(each, context) for each in whole.commands.values()]
    return "\n\n".join(parts) + "\n"


_EXIT_CODES = """\
Answers go to standard output, everything else to standard error. An error is one sentence of three parts: what did
not happen, why, what to do.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | input was refused, or something could not be written |
| 2 | misuse: the question cannot be asked like that |
| 70 | a fault of Countback; with `COUNTBACK_DEBUG=1` it shows its trace |
| 130 | stopped by Ctrl-C |
| 141 | whoever read the output stopped reading |

Colours and progress bars are for terminals only; `NO_COLOR` turns colours off, `COLUMNS` sets the width."""


def _command_section(each: Any, context: Any) -> str:
    own = type(context)(each, parent=context, info_name=each.name)
    arguments = [parameter for parameter in each.params if parameter.param_type_name == "argument"]
    usage = " ".join(["countback", each.name, "[OPTIONS]", *(parameter.metavar for parameter in arguments)])
    rows = [_parameter_row(parameter, own) for parameter in each.params]
    parts = [f"## countback {each.name}", f"```\n{usage}\n```", _lines(each.help)]
    if rows:
        parts.append("\n".join(["| | |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def _parameter_row(parameter: Any, context: Any) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.metavar
    else:
        takes = (
            ""
            if parameter.is_flag
            else f" {parameter.metavar or parameter.display_type(context).strip('<>')}"
        )
        name = max(parameter.opts, key=len) + takes
    notes = ["required"] if parameter.required else []
    if parameter.default not in (None, False, ()):
        notes.append(f"default {parameter.default}")
    words = " ".join([parameter.help or "", f"({'; '.join(notes)})" if notes else ""]).strip()
    return f"| `{_in_table(name)}` | {_in_table(words)} |"


def index_page() -> str:
    """docs/kpis/README.md: every KPI under its topic."""
    parts = [
        "# Every KPI",
        MADE,
        "One page each, from the docstring beside the code; `countback describe ID` prints it.",
    ]
    for topic, found in by_topic():
        rows = [f"| [`{kpi_id}`]({kpi_id}.md) | {_summary(kpi_id)} |" for kpi_id in found]
        parts += [f"## {topic.title}", "\n".join(["| id | |", "|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def _summary(kpi_id: str) -> str:
    read = specification(kpi_id)
    return _in_table(f"**{read.title}.** {first_sentence(read.summary)}".strip())


def kpi_page(kpi: Kpi) -> str:
    """The page of a KPI: its specification, parameters and benchmark."""
    about = [f"`{kpi.id}`", topic_of(kpi.id).title, "[all KPIs](README.md)"]
    if kpi.better:
        about.insert(2, f"{kpi.better} is better")
    parts = [f"# {kpi.title}", MADE, " · ".join(about), kpi.specification.summary]
    for name, text in kpi.specification.sections.items():
        if name == "Example":
            parts += list(_extras(kpi))
        parts += [f"## {name}", text]
    return "\n\n".join(part for part in parts if part) + "\n"


def _extras(kpi: Kpi) -> Iterator[str]:
    from countback.kpis.kpi import describe

    if kpi.params:
        yield "## Parameters"
        rows = [
            f"| `{kpi.id}.{name}` | {default_words(default)} | {_in_table(describe(kpi.annotations[name]))} |"
            for name, default in kpi.params.items()
        ]
        yield "\n".join(["| parameter | default | |", "|---|---|---|", *rows])
    if kpi.cells:
        yield "## Cells"
        yield f"A table: one value for each {' and '.join(f'`{cell}`' for cell in kpi.cells)}."
    if kpi.benchmark:
        yield "## Benchmark"
        yield benchmark_words(kpi)


def _in_table(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _lines(text: str | None) -> str:
    return (text or "").strip()


def write(root: Path = _ROOT) -> list[Path]:
    """Write every page below the root, and remove pages of KPIs that are gone; what was written."""
    made = {root / name: text for name, text in pages().items()}
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for path in (root / "docs/kpis").glob("*.md"):
        if path not in made:
            path.unlink()
    return list(made)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
