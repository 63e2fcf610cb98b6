"""`countback describe`: the specification of a KPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from countback.project.terminal import write_lines

if TYPE_CHECKING:
    from countback.kpis.kpi import Kpi

KpiId = Annotated[str, typer.Argument(metavar="KPI", help="The id of a KPI; `countback list` has them all.")]


def describe(kpi: KpiId) -> None:
    """Print the specification of a KPI: formula, unit, source, when it has no value, parameters, example."""
    from countback.kpis.catalogue import find

    write_lines(specification_text(find(kpi)))


def specification_text(kpi: Kpi) -> str:
    """The specification as plain text."""
    specification = kpi.specification
    parts = [f"{kpi.title} ({kpi.id})", specification.summary]
    for name, text in specification.sections.items():
        parts.append(f"{name}\n{_indented(text)}")
        if name == "Unit" and kpi.better:
            parts[-1] += f"; {kpi.better} is better"
        if name == "Notes" and kpi.params:
            parts.append("Parameters\n" + _indented("\n".join(parameter_words(kpi))))
    if kpi.benchmark:
        parts.append("Benchmark\n" + _indented(benchmark_words(kpi)))
    return "\n\n".join(part for part in parts if part)


def parameter_words(kpi: Kpi) -> list[str]:
    """Each parameter with its default and what it takes: `window=30 (default 90): give a whole number`."""
    from countback.kpis.kpi import describe as describe_type

    return [
        f"{kpi.id}.{name} (default {default_words(default)}): {describe_type(kpi.annotations[name])}"
        for name, default in kpi.params.items()
    ]


def default_words(default: object) -> str:
    """A default as one would type it."""
    if default is None:
        return "none"
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)


def benchmark_words(kpi: Kpi) -> str:
    """The published value to compare with, and whence."""
    benchmark = kpi.benchmark
    return f"{benchmark.value} {kpi.unit}: {benchmark.words} ({benchmark.source})" if benchmark else ""


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
