"""A part of a profile with its place in the file, so that every refusal names file, key and remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from countback.core.problem import CountbackError


class UnableToReadProfile(CountbackError):
    """The profile cannot be used, or does not fit the files: nothing was read."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the TOML: `file` names the profile, `path` the place in it, `content` what stands there."""

    file: str
    path: str
    content: Mapping[str, Any]

    def refusal(self, key: str, why: str, remedy: str) -> UnableToReadProfile:
        """The error for this key: what did not happen, where, why, what to do."""
        return UnableToReadProfile(
            f"The profile {self.file} was not used", f"{self._place(key)}: {why}", remedy
        )

    def allow(self, *known: str) -> None:
        """Refuses every key that is not among `known`, with the nearest that is."""
        for key in self.content:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
                raise self.refusal(key, f"there is no such key; {hint}", "correct the key or take it out")

    def text(self, key: str) -> str:
        """A required text that is not blank."""
        value = self.content.get(key)
        if value is None:
            raise self.refusal(key, "it is missing", f'write {key} = "…"')
        return self._as_text(key, value)

    def optional_text(self, key: str) -> str | None:
        """A text, None where the key is absent."""
        return self._as_text(key, self.content[key]) if key in self.content else None

    def texts(self, key: str) -> tuple[str, ...]:
        """One text or a list of texts; empty where the key is absent."""
        value = self.content.get(key, [])
        values = [value] if isinstance(value, str) else self._listed(key, value)
        return tuple(self._as_text(key, each) for each in values)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """true or false."""
        value = self.content.get(key, default)
        if not isinstance(value, bool):
            raise self.refusal(key, f"{value!r} is neither true nor false", f"write {key} = true, or false")
        return value

    def whole(self, key: str, default: int) -> int:
        """A whole number that is not negative."""
        value = self.content.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.refusal(
                key, f"{value!r} is no number of lines", f"write a whole number, such as {key} = 3"
            )
        return value

    def section(self, key: str, known: Sequence[str]) -> Section:
        """A sub-table with only the `known` keys; an empty one where the key is absent."""
        found = self._sub(key, self.content.get(key, {}), self._place(key))
        found.allow(*known)
        return found

    def sections(self, key: str) -> list[Section]:
        """The tables of an array of tables, `[[key]]`, or a list of inline tables."""
        values = self._listed(key, self.content.get(key, []))
        return [
            self._sub(key, value, f"{self._place(key)} {number}") for number, value in enumerate(values, 1)
        ]

    def named_sections(self, key: str) -> list[Section]:
        """The sub-tables of a table, each under its own name, which stands last in the path."""
        outer = self._sub(key, self.content.get(key, {}), self._place(key))
        return [self._sub(name, value, outer._place(name)) for name, value in outer.content.items()]

    def _sub(self, key: str, value: Any, path: str) -> Section:
        if not isinstance(value, Mapping):
            raise self.refusal(
                key, f"{value!r} stands where a table is expected", f"write it as a table, [{key}]"
            )
        return Section(self.file, path, value)

    def _listed(self, key: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            found = "a table" if isinstance(value, Mapping) else repr(value)
            why = f"{found} stands where a list is expected"
            raise self.refusal(key, why, f"write it as [[{key}]] or [...]")
        return value

    def _as_text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self.refusal(key, f"{value!r} is no text", "put it in quotation marks")
        if not value.strip():
            raise self.refusal(key, "it is blank", "write a text, or take the key out")
        return value

    def _place(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key
