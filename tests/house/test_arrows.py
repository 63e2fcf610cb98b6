"""The arrows between packages, as pyproject.toml states them."""

from __future__ import annotations

import ast
import tomllib

import pytest
from importlinter.cli import lint_imports

from tests.house.tree import PURE, ROOT, none_of, sources


def test_the_arrows_hold(capsys: pytest.CaptureFixture[str]) -> None:
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert not broken, capsys.readouterr().out


def test_the_library_s_front_is_for_users_and_tests() -> None:
    """`import countback` reaches everything; the code below imports the module that it means."""
    none_of([
        f"{module.at(node)} {ast.unparse(node)}: import the module that is meant, so that the arrows can be held"
        for module in sources()
        if module.path != "src/countback/__init__.py"
        for node in module.of(ast.Import, ast.ImportFrom)
        if imports_the_front(node)
    ])  # fmt: skip


def imports_the_front(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether it imports `countback` itself, or a name that is no package of it."""
    if isinstance(node, ast.Import):
        return any(alias.name == "countback" for alias in node.names)
    packages = {path.name for path in (ROOT / "src/countback").iterdir() if path.is_dir()}
    return node.module == "countback" and any(alias.name not in packages for alias in node.names)


@pytest.mark.parametrize("source", ["import countback", "from countback import open_books"])
def test_an_import_of_the_front_is_seen(source: str) -> None:
    assert imports_the_front(ast.parse(source).body[0])


@pytest.mark.parametrize("source", ["import countback.core.money", "from countback import core"])
def test_an_import_of_a_module_passes(source: str) -> None:
    assert not imports_the_front(ast.parse(source).body[0])


def test_the_contracts_are_the_ones_that_we_mean() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers, pure = settings["contracts"]
    assert layers["exhaustive"] is True
    application = [
        "project",
        "worklists | dashboards | alerts | subscriptions",
        "arrangements",
        "ledger",
        "accounts",
        "audit",
    ]
    assert layers["layers"] == [*application, "report", "analytics", "kpis", "books", "core"]
    assert pure["source_modules"] == [f"countback.{package}" for package in PURE]
    assert {"django", "procrastinate"} <= set(pure["forbidden_modules"])
