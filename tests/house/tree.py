"""The source tree, read once: each file is parsed and walked a single time, so that the rules are fast."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PURE = ("core", "books", "kpis", "analytics")
"""Packages without clock, float or web framework."""

PLACES = ("src", "tests", "bench", "docs")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yml",
    ".yaml",
    ".html",
    ".css",
    ".js",
    ".typ",
    ".json",
    ".cfg",
    ".sh",
    "",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One Python file. `path`: from the root, with `/`. `nodes`: every node of its tree by type."""

    path: str
    text: str
    nodes: dict[type[ast.AST], list[ast.AST]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text, self.path)
        for node in ast.walk(self.tree):
            self.nodes[type(node)].append(node)

    def of(self, *types: type) -> list:
        """Every node of these types."""
        return [node for kind in types for node in self.nodes[kind]]

    @property
    def functions(self) -> list[Function]:
        """Every function and method, nested ones too."""
        return self.of(ast.FunctionDef, ast.AsyncFunctionDef)

    @property
    def is_test(self) -> bool:
        """Whether it is a test, in tests/ or beside the code."""
        return self.path.startswith(("tests/", "conftest")) or Path(self.path).name.startswith(
            ("test_", "conftest", "testing.")
        )

    @property
    def is_pure(self) -> bool:
        """Whether it is part of a pure package."""
        return self.path.startswith(tuple(f"src/countback/{package}/" for package in PURE))

    @cached_property
    def docstrings(self) -> set[int]:
        """Identities of the strings that stand alone: docstrings, and comments on an assignment."""
        return {id(node.value) for node in self.of(ast.Expr)}

    @property
    def strings(self) -> list[ast.Constant]:
        """Every string that is not a docstring, the literal parts of f-strings included."""
        constants = self.of(ast.Constant)
        return [node for node in constants if isinstance(node.value, str) and id(node) not in self.docstrings]

    def at(self, node: ast.AST) -> str:
        """`path:line` of a node, as terminals and editors link it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def parse(path: Path) -> Module:
    """The module at that path below the root."""
    return Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


@cache
def modules() -> list[Module]:
    """Every Python file of the tree."""
    paths = [path for place in PLACES for path in sorted((ROOT / place).rglob("*.py"))]
    return [parse(path) for path in (*paths, *sorted(ROOT.glob("*.py")))]


def sources() -> list[Module]:
    """The product's code, without the tests beside it."""
    return [module for module in modules() if module.path.startswith("src/") and not module.is_test]


def pure() -> list[Module]:
    """The code of the pure packages, without the tests beside it."""
    return [module for module in sources() if module.is_pure]


@cache
def texts() -> dict[str, str]:
    """Every text file by its path from the root: code, documentation, configuration, the lock."""
    folders = [ROOT / place for place in (*PLACES, ".ci", "requirements")]
    inside = [path for folder in folders for path in folder.rglob("*")]
    files = [path for path in (*inside, *ROOT.glob("*"), ROOT / ".gitignore") if path.is_file()]
    kept = [path for path in files if path.suffix in TEXT and "__pycache__" not in path.parts]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8", "replace") for path in sorted(kept)}


def lines_matching(pattern: str, flags: int = 0) -> list[tuple[str, str]]:
    """(`path:line`, what matched) for every match in a text file."""
    matches = [
        (path, text, match) for path, text in texts().items() for match in re.finditer(pattern, text, flags)
    ]
    return [
        (f"{path}:{text.count(chr(10), 0, match.start()) + 1}", match.group(0))
        for path, text, match in matches
    ]


def none_of(findings: list[str]) -> None:
    """Fail with the findings, one a line; each says where, what, and what to do."""
    __tracebackhide__ = True
    assert not findings, "\n" + "\n".join(sorted(findings))
