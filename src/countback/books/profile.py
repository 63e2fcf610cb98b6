"""Profiles: how a foreign file is read as books. TOML in, readings out; docs/profiles.md is the manual.

A shipped profile is a file in the folder `profiles` beside this module: put one there and it is found by its
name, delete it and nothing else changes.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from countback.books.profile_text import FileRule, Ignored, UnableToReadProfile, profile_parts
from countback.core.problem import Misuse, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from countback.books.reading import Reading

SHIPPED = Path(__file__).parent / "profiles"
"""The folder of shipped profiles."""

__all__ = ["Profile", "UnableToReadProfile", "notes", "open_profile", "parse", "readings", "shipped"]


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile that has been read and checked.

    `name`: of the shipped profile, or the file's. `description`: a sentence for whoever chooses one.
    `rules`: which file gives which tables. `ignored`: files that are known and left out, with the reason.
    `cannot_know`: what books read this way cannot tell, by the table of the format that is incomplete;
    shown as warnings with every use.
    """

    name: str
    description: str
    rules: tuple[FileRule, ...]
    ignored: tuple[Ignored, ...] = ()
    cannot_know: Mapping[str, str] = field(default_factory=dict)

    def readings(self, files: Sequence[str]) -> list[Reading]:
        """The readings of these files, by their names inside the source.

        Refuses a file that is needed and missing, and one that the profile does not speak of.
        """
        used = [file for file in files if self._ignored_by(file) is None]
        self._refuse_strangers(used)
        found: list[Reading] = []
        for rule in self.rules:
            matching = [file for file in used if _matches(file, rule.match)]
            if rule.needed and not matching:
                raise self._missing(rule, files)
            found.extend(reading for file in matching for reading in rule.readings(file))
        return found

    def notes(self, files: Sequence[str]) -> list[Problem]:
        """Warnings that belong to reading these files: what is left out, what cannot be known."""
        left_out = [(file, self._ignored_by(file)) for file in files]
        return [_ignored_note(file, rule) for file, rule in left_out if rule is not None] + [
            Problem(
                "warning",
                "cannot_know",
                self.name,
                None,
                None,
                sentence.rstrip("."),
                "mind it in the figures",
            )
            for sentence in self.cannot_know.values()
        ]

    def _ignored_by(self, file: str) -> Ignored | None:
        return next((rule for rule in self.ignored if _matches(file, rule.match)), None)

    def _refuse_strangers(self, files: Sequence[str]) -> None:
        patterns = tuple(pattern for rule in self.rules for pattern in rule.match)
        strangers = [file for file in files if not _matches(file, patterns)]
        if strangers:
            raise UnableToReadProfile(
                f"The files were not read with the profile {self.name}",
                f"it does not speak of {_listed(strangers)}, and nothing is left out silently",
                "take them out of the source, or name them in the profile under [[file]] or [[ignore]]",
            )

    def _missing(self, rule: FileRule, files: Sequence[str]) -> UnableToReadProfile:
        return UnableToReadProfile(
            f"The files were not read with the profile {self.name}",
            f"no file is called {' or '.join(rule.match)}; there is {_listed(files) or 'no file at all'}",
            "add the file, correct `match`, or set `needed = false` in the profile if the file may be absent",
        )


def readings(profile: str | Path, files: Sequence[str]) -> list[Reading]:
    """The readings of `files` by `profile`.

    `profile`: a shipped name, or the path of a TOML file. `files`: names inside the source.
    """
    return open_profile(profile).readings(files)


def notes(profile: str | Path, files: Sequence[str]) -> list[Problem]:
    """The warnings that belong to reading `files` with `profile`."""
    return open_profile(profile).notes(files)


def shipped() -> dict[str, str]:
    """Name and description of every shipped profile, sorted by name."""
    return {path.stem: open_profile(path).description for path in sorted(SHIPPED.glob("*.toml"))}


def open_profile(profile: str | Path) -> Profile:
    """The profile of that name or at that path, read and checked."""
    path = _path_of(profile)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Misuse(
            f"The profile {profile} was not read",
            error.strerror or "the file cannot be opened",
            "give the path of a TOML file, or the name of a shipped profile",
        ) from error
    except UnicodeDecodeError as error:
        raise UnableToReadProfile(
            f"The profile {path.name} was not read", "it is not written in UTF-8", "save it as UTF-8 text"
        ) from error
    return parse(text, name=path.stem if path.parent == SHIPPED else path.name)


def parse(text: str, *, name: str) -> Profile:
    """The profile in this TOML text; `name` is what messages call it."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnableToReadProfile(
            f"The profile {name} was not read",
            f"it is no valid TOML ({error})",
            "mend that place; docs/profiles.md has examples",
        ) from error
    parts = profile_parts(content, name, _base_content)
    return Profile(name, parts.description, parts.rules, parts.ignored, parts.cannot_know)


def _base_content(name: str) -> dict[str, object]:
    """The TOML of the shipped profile on which another is based."""
    return tomllib.loads(_path_of(name, only_shipped=True).read_text("utf-8"))


def _path_of(profile: str | Path, *, only_shipped: bool = False) -> Path:
    path = Path(profile)
    if not only_shipped and (path.suffix.lower() == ".toml" or len(path.parts) > 1):
        return path
    names = sorted(known.stem for known in SHIPPED.glob("*.toml"))
    if str(profile) in names:
        return SHIPPED / f"{profile}.toml"
    near = get_close_matches(str(profile), names, 1)
    raise Misuse(
        f"The profile {profile} was not found",
        "no shipped profile has that name" + (f"; the nearest is {near[0]}" if near else ""),
        f"give the path of a TOML file, or one of {', '.join(names)}",
    )


def _matches(file: str, patterns: Sequence[str]) -> bool:
    """Whether the file's name, with or without its folders, is one of the patterns; case does not count."""
    path = PurePosixPath(file.lower())
    return any(fnmatchcase(str(path), p.lower()) or fnmatchcase(path.name, p.lower()) for p in patterns)


def _ignored_note(file: str, rule: Ignored) -> Problem:
    return Problem(
        "warning",
        "ignored_file",
        file,
        None,
        None,
        f"was not read: {rule.reason.rstrip('.')}",
        "nothing, unless it should count; then map it in a profile of your own",
    )


def _listed(names: Sequence[str], most: int = 5) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
