"""The gallery of errors: every message that a user can meet, each with a file here that provokes it.

A case is `tests/errors/<name>.toml`; `<name>` is the problem's code, or says what could not be done:

    about = "An invoice of a customer whom the customers file does not have."
    run = "countback kpis books --as-of 2026-13-01"   # or python = "code", or page = "/kpis/"; none: a check
    exit = 2                                           # with run: the exit code
    source = "books/shop.zip"                          # what is checked, if not the folder
    profile = "text"                                   # the profile that it is checked with
    before = "code"                                    # Python that is run before all else
    today = "2026-04-30"                               # documents after it are dated in the future
    absent = ["customers.csv"]                         # taken away from the small books of tests/errors/books
    says = "what is said, to the letter"

    [files]                                            # laid over the small books
    "invoices.csv" = "text"
    "invoices.csv" = {text = "text", encoding = "cp1252"}

What else a file may be: tests/errors/contents.py.

A case of the application runs against a real database, and what it did there is taken back:

    application = "alerts"                             # the package whose names its code knows: application.py
    python = ["code", "code"]                          # several: each is tried, and says a line
    page = "/alerts/1/"                                # a page that is opened; {names} of the code stand for theirs
    form = {size = "much"}                             # what is posted to it
    sends = {files = "books/invoices.csv"}             # files that go with it
    who = "bob"                                        # who does so, if not alice; "": nobody who is signed in
    given = ["mail_server"]                            # a server that must be there
    beside = "the mail that was not sent"              # beside what a bare reason is shown

Code says the error that it raises; else what its last line gives: words, or the parts of an error that were kept.

After a message was reworded: `python -m tests.errors.anew [name ...]` writes what is said now into the cases.
Read the diff.
"""

from __future__ import annotations

import ast
import io
import re
import shlex
import sys
import tempfile
import tomllib
from contextlib import ExitStack, chdir, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from countback.books.findings import UnableToReadBooks
from countback.core.problem import CountbackError
from tests.errors.contents import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

HERE = Path(__file__).resolve().parent
SMALL_BOOKS = HERE / "books"


@dataclass(frozen=True)
class Case:
    """One file of the gallery."""

    name: str
    about: str
    says: str
    run: str | None = None
    python: tuple[str, ...] = ()
    page: str | None = None
    form: dict[str, Any] | None = None
    sends: dict[str, str] = field(default_factory=dict)
    who: str = "alice"
    application: str = ""
    given: tuple[str, ...] = ()
    beside: str = ""
    exit: int = 0
    source: str = "books"
    profile: str | dict[str, Any] | None = None
    today: str | None = None
    before: str | None = None
    absent: tuple[str, ...] = ()
    files: dict[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> str:
        """What the user typed, where that is one line."""
        with_profile = " --profile profile.toml" if self.profile is not None else ""
        return self.run or f"countback check {self.source}{with_profile}"


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
    return tuple(case_of(name, told) for name, told in read)


def case_of(name: str, told: dict[str, Any]) -> Case:
    """A case as its file tells it."""
    python = told.get("python", ())
    listed = {"absent": tuple(told.get("absent", ())), "given": tuple(told.get("given", ()))}
    return Case(
        name=name, **{**told, **listed, "python": (python,) if isinstance(python, str) else tuple(python)}
    )


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
    """Do what the case does, in a folder of its own. A case of the application needs the database at hand."""
    with tempfile.TemporaryDirectory() as name, chdir(name), ExitStack() as stack:
        lay_out(case, Path(name))
        made: list[Exception] = []
        made_at = stack.enter_context(noting_errors(made, case))
        names = stack.enter_context(known_to(case, Path(name)))
        outcome = done(case, names, made)
    said = re.sub(
        "SHA256:[A-Za-z0-9+/]{43}", "SHA256:…", outcome.said.replace(str(Path(name).resolve()), "…")
    )
    codes = {problem.code for error in made for problem in getattr(error, "problems", ())}
    return replace(outcome, said=said, codes=outcome.codes | codes, made_at=frozenset(made_at))


def known_to(case: Case, folder: Path) -> AbstractContextManager[dict[str, Any]]:
    """The names that Python code of the case knows."""
    if case.application:
        from tests.errors.application import standing

        return standing(case, folder)
    import countback

    return nullcontext({"countback": countback, "date": date, "Path": Path})


def done(case: Case, names: dict[str, Any], made: list[Exception]) -> Outcome:
    """What comes of the case."""
    if case.before:
        evaluated(case.before, names)
        made.clear()
    if case.run:
        return ran(case.run)
    if case.python:
        return Outcome("\n".join(evaluated(code, names) for code in case.python))
    if case.page:
        from tests.errors.application import shown

        return Outcome(shown(case, names, made))
    return checked(case)


@contextmanager
def noting_errors(made: list[Exception], case: Case) -> Iterator[set[tuple[str, int]]]:
    """Collects (file, line) of each place that the making of an error of ours went through, and the errors."""
    places: set[tuple[str, int]] = set()
    with ExitStack() as stack:
        for kind in kinds_noted(case):
            make = kind.__init__

            def noted(error: Exception, *args: Any, make: Any = make, **named: Any) -> None:
                frame = sys._getframe(1)
                while frame is not None:
                    places.add((frame.f_code.co_filename, frame.f_lineno))
                    frame = frame.f_back
                make(error, *args, **named)
                made.append(error)

            stack.enter_context(mock.patch.object(kind, "__init__", noted))
        yield places


def kinds_noted(case: Case) -> tuple[type[Exception], ...]:
    """Errors that are ours; of the application more than of the command line."""
    if not case.application:
        return (CountbackError,)
    from tests.errors.application import NOTED

    return NOTED


def checked(case: Case) -> Outcome:
    """Every problem that the check finds, one a line."""
    from countback.books.load import check

    profile = "profile.toml" if case.profile is not None else None
    today = date.fromisoformat(case.today) if case.today else None
    try:
        problems = check(Path(case.source), profile=profile, today=today)
    except CountbackError as error:
        return Outcome(str(error))
    return Outcome("\n".join(map(str, problems)), codes=frozenset(problem.code for problem in problems))


def evaluated(code: str, names: dict[str, Any]) -> str:
    """The words of the error that Python code raises, else of what its last line gives."""
    *lines, last = ast.parse(code).body
    try:
        exec(compile(ast.Module(lines, []), "<case>", "exec"), names)
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "<case>", "exec"), names)
            return "no error"
        found = eval(compile(ast.Expression(last.value), "<case>", "eval"), names)
    except CountbackError as error:
        found = error
    except Exception as error:
        if not isinstance(error, names.get("NOTED", ())):
            raise
        found = error
    return words_of(found)


def words_of(found: Any) -> str:
    """An error, or what is kept of one, in words."""
    match found:
        case {"what": what, "why": why, "remedy": remedy}:
            return f"{what}: {why}; {remedy}."
        case CountbackError():
            listed = getattr(found, "problems", ()) if type(found) is not UnableToReadBooks else ()
            return "\n".join(str(one) for one in listed if one.severity == "refused") or str(found)
    if page := getattr(found, "response", None):
        from tests.errors.application import instead

        return instead(page.content.decode())
    return "\n".join(getattr(found, "messages", ())) or str(found)


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
