"""Every module says what it is for, every public thing what it means, every KPI all that its reader needs."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import Function, Module, modules, none_of, sources

CATALOGUE = "src/countback/kpis/catalogue/"
SECTIONS = ("Formula", "Unit", "Source", "No value when", "Notes", "Example")


def public(module: Module) -> list[Function | ast.ClassDef]:
    """Functions and classes that others may use: at the top of the module, or in a public class."""
    found: list[Function | ast.ClassDef] = []
    open_bodies = [module.tree.body]
    while open_bodies:
        for node in open_bodies.pop():
            if isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ) and not node.name.startswith("_"):
                found.append(node)
                if isinstance(node, ast.ClassDef):
                    open_bodies.append(node.body)
    return found


def undocumented(module: Module) -> list[str]:
    overloads = ("overload", "setter", "override")
    told_by_its_frame = ("Meta", "Migration")  # Django's words: options of a model, steps of a migration
    return [
        f"{module.at(node)} {node.name}: no docstring; say what it means: units, signs, errors"
        for node in public(module)
        if not ast.get_docstring(node)
        and node.name not in told_by_its_frame
        and not any(ast.unparse(decorator).endswith(overloads) for decorator in node.decorator_list)
    ]


def sections(docstring: str) -> dict[str, str]:
    """Text by heading, a line underlined with dashes. What stands before the first has the heading ''."""
    found = {"": ""}
    current = ""
    lines = docstring.splitlines()
    for number, line in enumerate(lines):
        below = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if line.strip() and len(below) >= 3 and set(below) == {"-"}:
            current = line.strip()
            found[current] = ""
        elif not (line.strip() and set(line.strip()) == {"-"}):
            found[current] += line.strip() + "\n"
    return {heading: text.strip() for heading, text in found.items()}


def unspecified(module: Module) -> list[str]:
    """What a file of the catalogue lacks to be a KPI's specification."""
    kpi = Path(module.path).stem
    functions = [node for node in module.tree.body if isinstance(node, ast.FunctionDef)]
    shown = [node.name for node in functions if not node.name.startswith("_")]
    if shown != [kpi]:
        return [f"{module.path}: holds {', '.join(shown) or 'no function'}; one file, one function: {kpi}"]
    docstring = ast.get_docstring(next(node for node in functions if node.name == kpi)) or ""
    found = sections(docstring)
    wrong = [f"{module.path}: no section {name!r}; add it" for name in SECTIONS if not found.get(name)]
    wrong += [
        f"{module.path}: section {name!r} is none of {', '.join(SECTIONS)}"
        for name in found
        if name and name not in SECTIONS
    ]
    summary = found[""].partition("\n")[0]
    if not summary.endswith("."):
        wrong.append(
            f"{module.path}: the docstring must begin with a summary, one line that ends with a full stop"
        )
    present = [name for name in found if name in SECTIONS]
    if present != [name for name in SECTIONS if name in found]:
        wrong.append(f"{module.path}: the sections stand in another order than {', '.join(SECTIONS)}")
    return wrong + [f"{module.path}: {lack}" for lack in example_lacks(found.get("Example", ""))]


def example_lacks(example: str) -> list[str]:
    """What keeps an Example from being a table with a head, a rule and at least one row of as many cells."""
    rows = [line.strip("|").split("|") for line in example.splitlines() if line.startswith("|")]
    if example and len(rows) < 3:
        return ["the Example must be a table with a header, a rule and a row, which runs as a test"]
    return (
        ["a row of the Example has another number of cells than its header"]
        if len({len(row) for row in rows}) > 1
        else []
    )


def catalogue() -> list[Module]:
    """Every file of the catalogue that is a KPI."""
    files = [module for module in sources() if module.path.startswith(CATALOGUE)]
    return [module for module in files if not Path(module.path).name.startswith("_")]


def test_every_module_says_what_it_is_for() -> None:
    none_of(
        [
            f"{module.path}: no docstring; say in a line what the file is for"
            for module in modules()
            if not ast.get_docstring(module.tree)
        ]
    )


def test_every_public_thing_says_what_it_means() -> None:
    none_of([finding for module in sources() for finding in undocumented(module)])


def test_every_kpi_is_specified() -> None:
    assert catalogue(), f"{CATALOGUE} holds no KPI"
    none_of([finding for module in catalogue() for finding in unspecified(module)])


GOOD = '''"""One KPI."""
def dso():
    """Days sales outstanding.

    Formula
    -------
    open / sales * 90

    Unit
    ----
    days

    Source
    ------
    Somebody.

    No value when
    -------------
    sales are zero

    Notes
    -----
    None.

    Example
    -------
    | a | b |
    |---|---|
    | 1 | 2 |
    """
'''


def test_a_whole_specification_passes() -> None:
    assert unspecified(Module(f"{CATALOGUE}dso.py", GOOD)) == []


def test_each_lack_is_seen() -> None:
    for name in SECTIONS:
        lacking = unspecified(Module(f"{CATALOGUE}dso.py", GOOD.replace(f"    {name}\n", "    Other\n")))
        assert any(f"no section {name!r}" in finding for finding in lacking), name
    assert unspecified(Module(f"{CATALOGUE}other.py", GOOD))
    assert unspecified(Module(f"{CATALOGUE}dso.py", GOOD.replace("| 1 | 2 |", "| 1 |")))
    assert unspecified(Module(f"{CATALOGUE}dso.py", GOOD.replace("outstanding.", "outstanding")))
    assert unspecified(Module(f"{CATALOGUE}dso.py", GOOD.replace("    | 1 | 2 |\n", "")))


def test_a_missing_docstring_is_seen() -> None:
    source = (
        "class A:\n    '''A.'''\n    def b(self): ...\n    def _c(self): ...\ndef _d():\n    def e(): ..."
    )
    assert [finding.split()[1] for finding in undocumented(Module("x.py", source))] == ["b:"]
