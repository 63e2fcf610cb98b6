"""Nothing is left lying about: no print, no unfinished work, no traces of one machine."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import ROOT, Module, lines_matching, none_of, sources

LEFTOVER = r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b|raise NotImpl" + r"ementedError"
MACHINE = r"(?<![\w.:/}])/(wo" + r"rk|ro" + r"ot|ho" + r"me|Us" + r"ers|op" + r"t)/[\w.]+|/tm" + r"p/v\b"
REGISTRY = (
    r"pypi\.o"
    + r"rg|python"
    + r"hosted|npmjs\.|deb\.debi"
    + r"an|--(extra-)?index"
    + r"-url|--find"
    + r"-links"
)
LARGEST = 1_000_000
"""Bytes of a file."""


def prints(module: Module) -> list[str]:
    calls = [node for node in module.of(ast.Call) if isinstance(node.func, ast.Name)]
    return [
        f"{module.at(call)} prints; give the text back, or write it with the console of countback.project"
        for call in calls
        if call.func.id in ("print", "pprint", "breakpoint", "input")
    ]


def test_no_print() -> None:
    none_of([finding for module in sources() for finding in prints(module)])


def test_no_unfinished_work() -> None:
    none_of(
        [
            f"{at} {what}: finish it, or file an issue and take the mark out"
            for at, what in lines_matching(LEFTOVER)
        ]
    )


def test_no_path_of_one_machine() -> None:
    none_of(
        [
            f"{at} {what}: a path of one machine; make it relative, or an option"
            for at, what in lines_matching(MACHINE)
        ]
    )


def test_no_address_of_a_package_registry() -> None:
    none_of(
        [
            f"{at} {what}: pip asks the registry that it is set up for; name none"
            for at, what in lines_matching(REGISTRY)
        ]
    )


def test_no_file_is_large() -> None:
    places = ("src", "tests", "bench", "docs", "requirements")
    sizes = {
        path: path.stat().st_size
        for place in places
        for path in (ROOT / place).rglob("*.*")
        if path.is_file()
    }
    none_of([
        f"{path.relative_to(ROOT)}: {size:,} bytes; make it where it is needed (books of others stay out of the tree)"
        for path, size in sizes.items()
        if size > LARGEST and ".books" not in path.parts
    ])  # fmt: skip


@pytest.mark.parametrize("source", ["print(1)", "def f():\n    breakpoint()"])
def test_a_print_is_seen(source: str) -> None:
    assert prints(Module("x.py", source))


def test_a_method_called_print_is_none() -> None:
    assert not prints(Module("x.py", "console.print(1)"))
