"""What is installed is what pyproject.toml asks for: pinned, with hashes, from no named registry."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, packages_distributions
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, none_of, sources

BINDING = re.compile(r"(?<!L)GPL|(?<!Lesser )General Public")
"""In the names of licences that bind whoever passes on what is built on them."""

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def asked(group: str | None = None) -> list[str]:
    """Requirements of the project or of one of its groups, included groups too."""
    if group is None:
        return PROJECT["project"]["dependencies"]
    entries = PROJECT["dependency-groups"][group]
    plain = [entry for entry in entries if isinstance(entry, str)]
    return plain + [
        name for entry in entries if isinstance(entry, dict) for name in asked(entry["include-group"])
    ]


def pins(name: str) -> dict[str, list[str]]:
    """Package -> its pinned versions (more than one where they differ by Python version)."""
    text = (ROOT / "requirements" / name).read_text("utf-8")
    found: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(package), []).append(version)
    return found


def unmet(requirements: list[str], locked: dict[str, list[str]]) -> list[str]:
    """Requirements that the lock does not hold."""
    wanted = [Requirement(line) for line in requirements]
    return [
        f"{line}: locked {', '.join(versions) or 'not at all'}; run make lock"
        for line in wanted
        if not (versions := locked.get(canonicalize_name(line.name), []))
        or not all(line.specifier.contains(version, prereleases=True) for version in versions)
    ]


def test_the_lock_holds_what_is_asked_for() -> None:
    extras = [line for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines]
    none_of(unmet(asked() + asked("build"), pins("run.txt")))
    none_of(unmet(asked() + asked("dev") + extras, pins("dev.txt")))


def test_both_locks_agree() -> None:
    development = pins("dev.txt")
    assert {name: development.get(name) for name in pins("run.txt")} == pins("run.txt")


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_pin_has_its_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    none_of(
        [
            f"{name} {entry.split()[0]}: no hash"
            for entry in entries
            if entry.strip() and "--hash=sha256:" not in entry
        ]
    )
    assert "://" not in text


def test_every_import_is_a_dependency() -> None:
    """What the product imports is asked for in pyproject.toml, not merely brought along by something else."""
    known = {canonicalize_name(Requirement(line).name) for line in asked()}
    extras = {"pandas", "polars", "numpy"}  # imported only where the user has them
    provided = packages_distributions()
    none_of([
        f"{module.at(node)} {name}: not in pyproject.toml; add it with its reason, then make lock"
        for module in sources()
        for node in module.of(ast.Import, ast.ImportFrom)
        for name in roots(node)
        if name not in sys.stdlib_module_names and name not in {"countback", *extras}
        and not known & {canonicalize_name(one) for one in provided.get(name, [name])}
    ])  # fmt: skip


def roots(node: ast.Import | ast.ImportFrom) -> list[str]:
    """First part of each imported module's name; none for relative imports."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return [name.partition(".")[0] for name in names if name and not getattr(node, "level", 0)]


def test_no_licence_binds_our_users() -> None:
    """GPL and AGPL stay out of what is installed with Countback; LGPL, MPL and EPL bind no mere user."""
    none_of([
        f"{name}: {licence}; take another library"
        for name in pins("dev.txt")
        for licence in licences(name)
        if binds(licence)
    ])  # fmt: skip


def binds(licence: str) -> bool:
    """Whether it binds our users whichever way it is taken: of "A OR B" one may be chosen, "A AND B" hold both."""
    while (
        inner := re.sub(r"\(([^()]*)\)", lambda group: " GPL " if binds(group[1]) else " free ", licence)
    ) != licence:
        licence = inner
    return all(BINDING.search(choice) for choice in re.split(r"\bOR\b", licence))


@pytest.mark.parametrize(
    ("licence", "bound"),
    [
        ("EPL-2.0 OR GPL-2.0-or-later", False),
        ("GPL-2.0-or-later OR EPL-2.0", False),
        ("GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", True),
        ("AGPL-3.0-only OR GPL-3.0-only", True),
        ("MIT OR Apache-2.0 AND GPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND GPL-2.0-only", True),
        ("(MIT OR GPL-3.0-only) AND BSD-3-Clause", False),
        ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", True),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MPL-2.0", False),
    ],
)
def test_of_several_licences_one_that_does_not_bind_suffices(licence: str, bound: bool) -> None:
    assert binds(licence) is bound


def licences(package: str) -> list[str]:
    """What an installed package says of its licence; nothing of one that this platform does not need."""
    try:
        stated = metadata(package)
    except PackageNotFoundError:
        return []
    classifiers = [line for line in stated.get_all("Classifier") or [] if line.startswith("License")]
    return [
        *classifiers,
        stated.get("License-Expression") or "",
        (stated.get("License") or "").partition("\n")[0],
    ]


def test_a_requirement_that_is_not_met_is_seen() -> None:
    assert unmet(["a>=2", "b"], {"a": ["1.0"]}) == [
        "a>=2: locked 1.0; run make lock",
        "b: locked not at all; run make lock",
    ]


def test_make_alone_lists_the_targets() -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^make (\w+)", listed, re.MULTILINE)
    assert targets == ["help", "run", "test", "check", "bench", "docs", "lock", "clean"]
