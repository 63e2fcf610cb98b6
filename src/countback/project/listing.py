"""The catalogue as it reads without computing anything: ids, titles and summaries from the docstrings alone.

Importing a KPI imports the engine, which takes a second; a list of them, and `--help`, must not wait for that.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import groupby

from countback.kpis.catalogue import ids
from countback.kpis.specification import Specification, read_specification
from countback.kpis.topics import Topic, rank, topic_of


@cache
def specification(kpi_id: str) -> Specification:
    """The specification of a KPI, read from its file."""
    source = resources.files("countback.kpis.catalogue").joinpath(f"{kpi_id}.py").read_text("utf-8")
    functions = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    docstring = next((ast.get_docstring(node) for node in functions if node.name == kpi_id), None)
    return read_specification(docstring or kpi_id)


def by_topic() -> Iterator[tuple[Topic, list[str]]]:
    """Every KPI's id under its topic."""
    ordered = sorted(ids(), key=rank)
    for topic, found in groupby(ordered, key=topic_of):
        yield topic, list(found)


def first_sentence(text: str) -> str:
    """The first sentence of a summary, on one line.

    >>> first_sentence("What is owed, e.g. now. And\\nmore.")
    'What is owed, e.g. now.'
    """
    line = " ".join(text.split())
    end = line.find(". ")
    while end > 0 and not line[end + 2].isupper():
        end = line.find(". ", end + 1)
    return line[: end + 1] if end > 0 else line
