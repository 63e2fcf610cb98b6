"""The arrows between packages, as pyproject.toml states them."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from importlinter.cli import lint_imports

from tests.house.tree import PURE, ROOT

if TYPE_CHECKING:
    import pytest


def test_the_arrows_hold(capsys: pytest.CaptureFixture[str]) -> None:
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert not broken, capsys.readouterr().out


def test_the_contracts_are_the_ones_that_we_mean() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers, pure = settings["contracts"]
    assert layers["exhaustive"] is True
    assert layers["layers"] == ["project", "report", "analytics", "kpis", "books", "core"]
    assert pure["source_modules"] == [f"countback.{package}" for package in PURE]
    assert {"django", "procrastinate"} <= set(pure["forbidden_modules"])
