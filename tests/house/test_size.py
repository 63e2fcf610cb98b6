"""Functions are short, files are short."""

from __future__ import annotations

import ast

from tests.house.tree import Function, Module, modules, none_of, sources

LONGEST_FUNCTION = 60
USUAL_FUNCTION = 30
USUAL_SHARE = 90
LONGEST_FILE = 400


def body_lines(function: Function) -> int:
    """Lines of the body, from its first statement after the docstring to its last."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def too_long(module: Module) -> list[str]:
    return [
        f"{module.at(function)} {function.name}: {size} lines of body; split it, {LONGEST_FUNCTION} may be"
        for function in module.functions
        if (size := body_lines(function)) > LONGEST_FUNCTION
    ]


def test_no_function_is_over_60_lines() -> None:
    none_of([finding for module in modules() for finding in too_long(module)])


def test_nine_of_ten_functions_are_under_30_lines() -> None:
    sizes = {
        f"{module.at(function)} {function.name}": body_lines(function)
        for module in sources()
        for function in module.functions
    }
    long = {name: size for name, size in sizes.items() if size >= USUAL_FUNCTION}
    allowed = len(sizes) * (100 - USUAL_SHARE) // 100
    assert len(long) <= allowed, (
        f"{len(long)} of {len(sizes)} functions have {USUAL_FUNCTION} lines or more, {allowed} may:\n"
        + "\n".join(f"{name}: {size}" for name, size in sorted(long.items(), key=lambda item: -item[1]))
    )


def test_no_file_is_over_400_lines() -> None:
    counts = {module.path: module.text.count("\n") for module in modules()}
    none_of(
        [
            f"{path}: {count} lines; give a part of it a file of its own, {LONGEST_FILE} is the most"
            for path, count in counts.items()
            if count > LONGEST_FILE
        ]
    )


def test_a_long_function_is_seen() -> None:
    statement = "    a = 1\n"
    assert too_long(Module("x.py", 'def f() -> None:\n    """Docstring."""\n' + statement * 61))
    assert not too_long(Module("x.py", 'def f() -> None:\n    """Docstring."""\n' + statement * 60))
    assert (
        body_lines(
            Module("x.py", 'def f() -> None:\n    """Two\n    lines."""\n' + statement * 3).functions[0]
        )
        == 3
    )
