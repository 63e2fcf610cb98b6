"""Names say what a thing is, in the words of docs/glossary.md."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import ROOT, Module, modules, none_of

EMPTY = {
    "util": "name the file after what its functions are about",
    "utils": "name the file after what its functions are about",
    "helper": "say what it does",
    "helpers": "name the file after what its functions are about",
    "common": "name it after what its users have in common",
    "manager": "say what it does: a reader, a schedule, a catalogue",
    "data": "say what it holds: rows, books, figures",
}
"""Words that say nothing in the name of a module, function or class -> what to write instead."""

CALLED_BY_OTHERS = ("receive_data_chunk", "handle_DATA")
"""Methods whose names a framework gave."""


def words(identifier: str) -> list[str]:
    """`_OpenItems2_on` -> open, items2, on."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier)
    return [word for word in spaced.lower().split("_") if word]


def named(module: Module) -> list[tuple[str, ast.AST]]:
    """The module itself, its folders, functions and classes."""
    parts = [part for part in Path(module.path).with_suffix("").parts if not part.startswith("__")]
    defined = [(node.name, node) for node in (*module.functions, *module.of(ast.ClassDef))]
    defined = [(name, node) for name, node in defined if not name.startswith("test_")]  # these are sentences
    return [(part, module.tree) for part in parts] + defined


def every_identifier(module: Module) -> list[tuple[str, ast.AST]]:
    """What is named here, and arguments, variables and fields that are bound here."""
    arguments = [(node.arg, node) for node in module.of(ast.arg)]
    stored = [(node.id, node) for node in module.of(ast.Name) if isinstance(node.ctx, ast.Store)]
    return named(module) + arguments + stored


def empty_names(module: Module) -> list[str]:
    findings = [
        f"{module.at(node)} {name}: {word!r} says nothing; {EMPTY[word]}"
        for name, node in named(module)
        for word in words(name)
        if word in EMPTY and name not in CALLED_BY_OTHERS
    ]
    return findings + [
        f"{module.at(node)} {name}: 'process' says nothing; use the field's verb (read, match, apply)"
        for name, node in named(module)
        if name.lstrip("_").startswith("process_")
    ]


@cache
def synonyms() -> tuple[dict[str, str], frozenset[str]]:
    """From the glossary: refused word -> the word to use; and identifiers that are right nevertheless."""
    refused: dict[str, str] = {}
    right: set[str] = set()
    for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 3 or cells[0] in ("word", "---"):
            continue
        cell, _, exceptions = cells[2].partition("(but ")
        right |= set(re.findall(r"`([^`]+)`", exceptions))
        identifier = re.search(r"`([^`]+)`", cells[0])
        word = identifier[1] if identifier else cells[0]
        refused |= dict.fromkeys(re.findall(r"`([^`]+)`", cell), word)
    return refused, frozenset(right)


def synonyms_used(module: Module) -> list[str]:
    refused, right = synonyms()
    wrong = {tuple(words(word)): use for word, use in refused.items()}
    findings = []
    for name, node in every_identifier(module):
        parts = [
            word.removesuffix("s") if (word.removesuffix("s"),) in wrong else word for word in words(name)
        ]
        runs = [tuple(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)]
        findings += [
            f"{module.at(node)} {name}: the glossary's word is '{wrong[run]}', not '{'_'.join(run)}'"
            for run in runs
            if run in wrong and name not in right
        ]
    return findings


def test_names_say_something() -> None:
    none_of([finding for module in modules() for finding in empty_names(module)])


def test_one_word_per_thing() -> None:
    none_of(
        [
            finding
            for module in modules()
            if module.path.startswith("src/")
            for finding in synonyms_used(module)
        ]
    )


def test_the_glossary_bans_words_and_keeps_its_own() -> None:
    refused, _ = synonyms()
    assert {"client", "debtor", "bill"} <= set(refused)
    assert refused["debtor"] == "customer"
    kept = {word.lower() for word in refused.values()}
    assert not kept & set(refused), "a word is both the word to use and refused"


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("src/utils.py", ""),
        ("src/x.py", "def process_rows() -> None: ..."),
        ("src/x.py", "class CashManager: ..."),
        ("src/common/x.py", ""),
        ("src/x.py", "def load_data() -> None: ..."),
    ],
)
def test_an_empty_name_is_seen(path: str, source: str) -> None:
    assert empty_names(Module(path, source))


@pytest.mark.parametrize(
    "source",
    ["def f(client_id): ...", "debtors = 1", "class Bill: ...", "for bill in x: ...", "def dpd(): ..."],
)
def test_a_synonym_is_seen(source: str) -> None:
    assert synonyms_used(Module("src/x.py", source))


def test_right_names_pass() -> None:
    module = Module(
        "src/books/reading.py", "def read_customers(days_past_due, billing): delinquent_dso = metadata = 1"
    )
    assert not empty_names(module)
    assert not synonyms_used(module)
