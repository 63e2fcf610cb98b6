"""The gallery of errors: every message that a user can meet, each with a file here that provokes it.

A case is `tests/errors/<name>.toml`; `<name>` is the problem's code, or says what could not be done:

    about = "An invoice of a customer whom the customers file does not have."
    run = "countback kpis books --as-of 2026-13-01"   # or python = "code"; neither: a check
    exit = 2                                           # with run: the exit code
    source = "books/shop.zip"                          # what is checked, if not the folder
    profile = "text"                                   # the profile that it is checked with
    before = "code"                                    # Python that is run before a check
    today = "2026-04-30"                               # documents after it are dated in the future
    absent = ["customers.csv"]                         # taken away from the small books of tests/errors/books
    says = "what is said, to the letter"

    [files]                                            # laid over the small books
    "invoices.csv" = "text"
    "invoices.csv" = {text = "text", encoding = "cp1252"}

What else a file may be: tests/errors/contents.py.

After a message was reworded: `python -m tests.errors.gallery [name ...]` writes what is said now into the cases.
Read the diff.
"""

from __future__ import annotations

import io
import re
import shlex
import sys
import tempfile
import tomllib
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from countback.core.problem import CountbackError
from tests.errors.contents import written

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
SMALL_BOOKS = HERE / "books"


@dataclass(frozen=True)
class Case:
    """One file of the gallery."""

    name: str
    about: str
    says: str
    run: str | None = None
    python: str | None = None
    exit: int = 0
    source: str = "books"
    profile: str | dict[str, Any] | None = None
    today: str | None = None
    before: str | None = None
    absent: tuple[str, ...] = ()
    files: dict[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> str:
        """What the user typed."""
        before = f">>> {self.before}\n$ " if self.before else ""
        with_profile = " --profile profile.toml" if self.profile is not None else ""
        return self.run or self.python or f"{before}countback check {self.source}{with_profile}"


@dataclass(frozen=True)
class Outcome:
    """What came of a case. `codes`: of the problems. `made_at`: (file, line) of where errors were made."""

    said: str
    exit: int = 0
    codes: frozenset[str] = frozenset()
    made_at: frozenset[tuple[str, int]] = frozenset()


@cache
def cases() -> tuple[Case, ...]:
    """Every case, by name."""
    read = [(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in sorted(HERE.glob("*.toml"))]
    return tuple(Case(name=name, **{**case, "absent": tuple(case.get("absent", ()))}) for name, case in read)


def lay_out(case: Case, folder: Path) -> None:
    """Make the case's books in `folder/books`, and its profile beside them."""
    if case.profile is not None:
        (folder / "profile.toml").write_bytes(written(case.profile))
    books = folder / "books"
    books.mkdir()
    for path in SMALL_BOOKS.iterdir():
        if path.name not in (*case.absent, *case.files):
            (books / path.name).write_bytes(path.read_bytes())
    for name, content in case.files.items():
        place = books / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(written(content))


def tried(case: Case) -> Outcome:
    """Do what the case does, in a folder of its own."""
    with tempfile.TemporaryDirectory() as name, chdir(name), noting_errors() as made_at:
        lay_out(case, Path(name))
        outcome = ran(case.run) if case.run else evaluated(case.python) if case.python else checked(case)
    said = outcome.said.replace(str(Path(name).resolve()), "…")
    return replace(outcome, said=said, made_at=frozenset(made_at))


@contextmanager
def noting_errors() -> Iterator[set[tuple[str, int]]]:
    """Collects (file, line) of each place that the making of an error of ours went through."""
    places: set[tuple[str, int]] = set()
    make = CountbackError.__init__

    def noted(error: CountbackError, *args: str, **named: str) -> None:
        frame = sys._getframe(1)
        while frame is not None:
            places.add((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        make(error, *args, **named)

    with mock.patch.object(CountbackError, "__init__", noted):
        yield places


def checked(case: Case) -> Outcome:
    """Every problem that the check finds, one a line."""
    from countback.books.load import check

    if case.before:
        evaluated(case.before)
    profile = "profile.toml" if case.profile is not None else None
    today = date.fromisoformat(case.today) if case.today else None
    try:
        problems = check(Path(case.source), profile=profile, today=today)
    except CountbackError as error:
        return Outcome(str(error))
    return Outcome("\n".join(map(str, problems)), codes=frozenset(problem.code for problem in problems))


def evaluated(code: str) -> Outcome:
    """The message of the error that Python code raises; `date`, `Path` and `countback` are known to it."""
    import countback

    try:
        exec(code, {"countback": countback, "date": date, "Path": Path})
    except CountbackError as error:
        return Outcome(str(error))
    return Outcome("no error")


def ran(command: str) -> Outcome:
    """What the command line says on standard error, and its exit code."""
    from countback.project import cli

    errors, out = io.StringIO(), io.StringIO()
    wide = {"COLUMNS": "10000", "NO_COLOR": "1", "TERM": "dumb"}
    with redirect_stderr(errors), redirect_stdout(out), mock.patch.dict("os.environ", wide):
        code = cli.run(shlex.split(command)[1:])
    return Outcome(errors.getvalue().strip(), code)


def with_says(text: str, said: str) -> str:
    """A case's text with `says` set to what is said."""
    quoted = f"'''\n{said}'''" if '"""' in said or "\\" in said else f'"""\n{said}"""'
    pattern = r'^says = (""".*?"""|\'\'\'.*?\'\'\'|"[^"\n]*"|\'[^\'\n]*\')'
    return re.sub(pattern, lambda _: f"says = {quoted}", text, count=1, flags=re.MULTILINE | re.DOTALL)


def main(*names: str) -> int:
    """Write what is said now into the named cases, or into every one; 1 where one changed."""
    chosen = [case for case in cases() if not names or case.name in names]
    changed = 0
    for case in chosen:
        outcome = tried(case)
        path = HERE / f"{case.name}.toml"
        text = path.read_text("utf-8")
        fresh = with_says(text, outcome.said) if outcome.said != case.says else text
        if case.run and outcome.exit != case.exit:
            fresh = re.sub(r"^exit = \d+", f"exit = {outcome.exit}", fresh, flags=re.MULTILINE)
        if fresh != text:
            path.write_text(fresh, "utf-8")
            print(f"{case.name}: {outcome.said}")
            changed += 1
    print(f"{changed} of {len(chosen)} cases changed. Read the diff, then make docs.")
    return int(changed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
