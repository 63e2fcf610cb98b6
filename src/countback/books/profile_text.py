"""The TOML of a profile, read strictly: every key is known or refused with the nearest one that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from countback.books.profile_keys import Section, UnableToReadProfile
from countback.books.profile_layout import layout_of
from countback.books.profile_table import TableRule, table_rules
from countback.books.reading import Layout, Reading
from countback.books.tables import TABLES

__all__ = ["FileRule", "Ignored", "ProfileParts", "UnableToReadProfile", "profile_parts"]

LAYOUT_KEYS = (
    "delimiter",
    "encoding",
    "skip_lines",
    "date_format",
    "decimal",
    "thousands",
    "sheet",
    "header_with",
)


@dataclass(frozen=True, slots=True)
class FileRule:
    """One `[[file]]`: the names that it matches, whether one is needed, how it is written, what it gives."""

    match: tuple[str, ...]
    needed: bool
    layout: Layout
    tables: tuple[TableRule, ...]

    def readings(self, file: str) -> list[Reading]:
        """One reading for each table that this file gives."""
        return [
            Reading(file, table.name, table.fields, self.layout, table.when, table.one_per_key)
            for table in self.tables
        ]


@dataclass(frozen=True, slots=True)
class Ignored:
    """One `[[ignore]]`: files that are known and left out, and why."""

    match: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ProfileParts:
    """What the TOML of a profile says."""

    description: str
    rules: tuple[FileRule, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    cannot_know: Mapping[str, str] = field(default_factory=dict)


def profile_parts(
    content: Mapping[str, Any], name: str, base: Callable[[str], Mapping[str, Any]]
) -> ProfileParts:
    """The checked parts of a profile; `base` gives the content of the shipped one that it is based on."""
    top = Section(name, "", content)
    if "based_on" in content:
        return _based_on(top, base)
    top.allow("description", "cannot_know", "layout", "file", "ignore")
    common = layout_of(top.section("layout", LAYOUT_KEYS), Layout())
    rules = tuple(_file_rule(section, common) for section in top.sections("file"))
    if not rules:
        raise top.refusal("file", "there is none, so nothing would be read", "write at least one [[file]]")
    ignored = tuple(_ignored(section) for section in top.sections("ignore"))
    return ProfileParts(top.text("description"), rules, ignored, _cannot_know(top))


def _based_on(top: Section, base: Callable[[str], Mapping[str, Any]]) -> ProfileParts:
    """A profile that takes over a shipped one and changes how its files are written, no more."""
    top.allow("based_on", "description", "cannot_know", "layout")
    content = dict(base(top.text("based_on")))
    if "based_on" in content:
        raise top.refusal("based_on", "that profile is itself based on another", "name the one at the root")
    own = top.section("layout", LAYOUT_KEYS)
    content["layout"] = {**content.get("layout", {}), **own.content}
    parts = profile_parts(content, top.file, base)
    return replace(
        parts,
        description=top.text("description"),
        cannot_know={**parts.cannot_know, **_cannot_know(top)},
    )


def _file_rule(section: Section, common: Layout) -> FileRule:
    section.allow("match", "needed", "tables", "names", "heading", *LAYOUT_KEYS)
    layout = layout_of(section, common)
    tables = tuple(rule for table in section.named_sections("tables") for rule in table_rules(table))
    if not tables:
        raise section.refusal(
            "tables", "the file gives no table", "write [file.tables.invoices] or another table"
        )
    return FileRule(section.texts("match") or ("*",), section.flag("needed", default=True), layout, tables)


def _ignored(section: Section) -> Ignored:
    section.allow("match", "reason")
    match = section.texts("match")
    if not match:
        raise section.refusal("match", "it is missing", "name the file that is left out")
    return Ignored(match, section.text("reason"))


def _cannot_know(top: Section) -> dict[str, str]:
    """Table of the format -> the sentence that says why it is incomplete."""
    said = top.section("cannot_know", tuple(TABLES))
    return {table: said.text(table) for table in said.content}
