"""Each test asserts something, none is skipped without a word, and the acceptance checks are covered."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.house.tree import Function, Module, modules, none_of

REQUIRED = {*range(1, 15), *range(46, 58)}
"""Acceptance checks that touch what is built so far; 13 may stand in bench/ (it is about time)."""

MARK = re.compile(r"# checks? (\d+(?:(?:, | and |-)\d+)*)")
IN_NAME = re.compile(r"_check_(\d+)")
ASSERTING = re.compile(r"^(raises|warns|fail|none_of)$|^_?(assert|expect)")


def its_tests(module: Module) -> list[Function]:
    """Its test functions."""
    return [function for function in module.functions if function.name.startswith("test")]


def numbers(text: str) -> set[int]:
    """The checks that `1-3, 7 and 9` names."""
    found: set[int] = set()
    for part in re.split(r", | and ", text):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def marked(module: Module) -> set[int]:
    """Checks marked in a test: in its name, its lines, or the comment lines directly above it."""
    lines = module.text.splitlines()
    found: set[int] = set()
    for test in its_tests(module):
        start = min([test.lineno, *(decorator.lineno for decorator in test.decorator_list)]) - 1
        while start > 0 and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        text = "\n".join(lines[start : test.end_lineno])
        found |= {int(number) for number in IN_NAME.findall(test.name)}
        found |= {number for mark in MARK.findall(text) for number in numbers(mark)}
    return found


def called(function: Function) -> set[str]:
    """Names of what it calls."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}


def states(function: Function) -> bool:
    """Whether it holds an assertion of its own that can fail."""
    stated = [node.test for node in ast.walk(function) if isinstance(node, ast.Assert)]
    return any(not isinstance(test, ast.Constant) for test in stated) or any(
        map(ASSERTING.match, called(function))
    )


@cache
def asserting_names() -> frozenset[str]:
    """Functions that tests share and that assert."""
    shared = [function for module in modules() if module.is_test for function in module.functions]
    return frozenset(f.name for f in shared if not f.name.startswith("test") and states(f))


def empty_tests(module: Module) -> list[str]:
    return [
        f"{module.at(test)} {test.name}: asserts nothing; say what must be true"
        for test in its_tests(module)
        if not states(test) and not called(test) & asserting_names()
    ]


def silent_skips(module: Module) -> list[str]:
    found = []
    for node in module.of(ast.Call):
        name = ast.unparse(node.func)
        given = {keyword.arg for keyword in node.keywords}
        if name in ("pytest.skip", "pytest.mark.skip") and not node.args and "reason" not in given:
            found.append(f"{module.at(node)} skips without a reason; say what is absent and how to get it")
        if name.endswith(("mark.skipif", "mark.xfail")) and "reason" not in given:
            found.append(f"{module.at(node)} {name} without a reason; say why")
    bare = [
        node
        for node in module.of(ast.Attribute)
        if ast.unparse(node) in ("pytest.mark.skip", "pytest.mark.xfail")
    ]
    calls = {id(node.func) for node in module.of(ast.Call)}
    return found + [
        f"{module.at(node)} skips without a reason; say why" for node in bare if id(node) not in calls
    ]


def test_the_acceptance_checks_of_what_is_built_are_tests() -> None:
    found = {number for module in modules() if module.is_test for number in marked(module)}
    benched = {
        n
        for m in modules()
        if m.path.startswith("bench/")
        for mark in MARK.findall(m.text)
        for n in numbers(mark)
    }
    missing = sorted(REQUIRED - found - (benched & {13}))
    assert not missing, (
        f"no test is marked '# check N' for {', '.join(map(str, missing))}; write it where the capability is"
    )


def test_every_test_asserts_something() -> None:
    none_of([finding for module in modules() if module.is_test for finding in empty_tests(module)])


def test_no_test_is_skipped_silently() -> None:
    none_of([finding for module in modules() if module.is_test for finding in silent_skips(module)])


def test_every_test_is_collected() -> None:
    lost = [
        f"{module.at(test)} {test.name}: pytest does not look here; name the file test_*.py"
        for module in modules()
        if not module.path.rpartition("/")[2].startswith(("test_", "conftest"))
        for test in its_tests(module)
        if test in module.tree.body and test.name.startswith("test_")
    ]
    none_of(lost)


def test_same_name_twice_hides_a_test() -> None:
    findings = []
    for module in modules():
        names = [
            node.name for node in module.tree.body if isinstance(node, ast.FunctionDef) and module.is_test
        ]
        findings += [
            f"{module.path} {name}: defined twice, the first never runs"
            for name in set(names)
            if names.count(name) > 1
        ]
    none_of(findings)


SOME = """
# check 1
# says more
@pytest.mark.slow
def test_a():
    # checks 2, 4-6 and 9
    assert x

def other():  # check 10
    pass

def test_check_11(): ...
"""


def test_marks_are_read() -> None:
    assert marked(Module("test_x.py", SOME)) == {1, 2, 4, 5, 6, 9, 11}


@pytest.mark.parametrize("body", ["pass", "assert True", "f(x)", "x = 1"])
def test_an_empty_test_is_seen(body: str) -> None:
    assert empty_tests(Module("test_x.py", f"def test_a():\n    {body}"))


@pytest.mark.parametrize(
    "source", ["pytest.skip()", "@pytest.mark.skip\ndef test_a(): ...", "pytest.mark.skipif(x)"]
)
def test_a_silent_skip_is_seen(source: str) -> None:
    assert silent_skips(Module("test_x.py", source))


@pytest.mark.parametrize("source", ["pytest.skip('why')", "pytest.mark.skipif(x, reason='why')"])
def test_a_skip_with_a_reason_passes(source: str) -> None:
    assert not silent_skips(Module("test_x.py", source))
