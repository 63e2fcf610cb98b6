"""Writes to the ledger: importing books, and undoing an import. Each is one transaction, whole or not at all."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, connection, transaction

from countback.accounts.models import Person
from countback.audit.actions import record
from countback.books.findings import UnableToReadBooks, refusal
from countback.books.load import Progress, load
from countback.books.loaded import LoadedBooks
from countback.core.problem import CountbackError, Problem
from countback.ledger.importing import compared, customers, held, judged, recorded, states, told, undoing
from countback.ledger.importing.journal import write_journal
from countback.ledger.importing.judged import Stray
from countback.ledger.importing.plan import Plan, TableChange, planned, undone
from countback.ledger.importing.working import Working, database, is_fresh
from countback.ledger.importing.written import analyze, indexed_afterwards, write_ends, write_versions
from countback.ledger.locks import IMPORTING, hold
from countback.ledger.models import Import
from countback.ledger.rules import moment_of

READ, WRITTEN, CHECKED, LOOKED_AT = 0.35, 0.75, 0.9, 0.95
"""Part of the work that is done when the source is read, the versions are written, the journal is, and the database has
looked at all of it."""


class UnableToImportBooks(UnableToReadBooks):
    """The books are sound, but do not go with what the ledger holds. `problems`: what stands against them."""


class UnableToUndoImport(CountbackError):
    """The import stays: something was built on it, or there is nothing to undo."""


def plan_import(
    source: Path, *, profile: str | None, ends_vanished: bool, progress: Progress | None = None
) -> Plan:
    """What importing a source would change, with nothing written. The parameters are those of `import_books`, as is
    what it raises."""
    with _at_hand(progress) as working:
        books = _read(working, source, profile)
        with _in_transaction(working):
            tables = _compared(working, source, ends_vanished)
            transaction.set_rollback(True)  # it was lent temporary tables
        return Plan(tables, tuple(books.warnings), told.fingerprint(source, working.folder))


def import_books(
    source: Path,
    *,
    name: str,
    profile: str | None,
    by: Person | None,
    at: datetime,
    ends_vanished: bool = False,
    progress: Progress | None = None,
) -> Import:
    """Takes the books of a source into the ledger and tells what that changed.

    `name`: what people call the source. `profile`: name of a shipped profile, or path of one; None: books in their own
    shape. `at`: the moment from which on the ledger knows what is new; the first books know since when they know
    themselves. `ends_vanished`: the source tells all there is, so that rows it no longer tells end; of a table that it
    does not tell at all, none does. Blank cells of customers leave what is stored. What the ledger says already is not
    written again. Raises UnableToReadBooks or UnableToImportBooks, with every problem; nothing is written then.
    """
    with _at_hand(progress) as working:
        _read(working, source, profile)
        sha256 = told.fingerprint(source, working.folder)
        with _in_transaction(working), _told_what_is_refused(source):
            plan = Plan(_compared(working, source, ends_vanished))
            made = Import.objects.create(
                name=name[:300], profile=Path(profile).stem[:200] if profile else "", sha256=sha256,
                summary=plan.summary(), at=_moment(at), by=by,
            )  # fmt: skip
            if plan.changes:
                _write(working, made)
            _note(made, by, "imported books")
            _look_at_it(working)
        working.say("done", 1)
    return made


def undo_import(
    import_id: int, *, by: Person | None, at: datetime, progress: Progress | None = None
) -> Import:
    """Takes an import back: what it brought ends, what it ended stands again, its entries are reversed. The undoing is
    itself an import, whose `undoes` names the other. Raises UnableToUndoImport where it cannot be taken back, or
    where a later import built on it; that one is named."""
    with _at_hand(progress) as working:
        with _in_transaction(working), _told_what_keeps(import_id):
            made = _undone(working, import_id, by, at)
        working.say("done", 1)
    return made


def _undone(working: Working, import_id: int, by: Person | None, at: datetime) -> Import:
    target = _undoable(import_id)
    working.say("reading what it brought", 0)
    undoing.read_import(working, import_id)
    working.say("looking for what was built on it", READ)
    states.lay_out(working)
    _refuse_what_was_built_on(working, target)
    made = Import.objects.create(
            name=f"Undo of {target.name}"[:300], summary=Plan(undone(working)).summary(), at=_moment(at), by=by,
            undoes=target, act=target.act,
        )  # fmt: skip
    _write(working, made)
    _note(made, by, "undid import")
    _look_at_it(working)
    return made


@contextmanager
def _at_hand(progress: Progress | None) -> Iterator[Working]:
    """DuckDB and a folder, for as long as the work lasts."""
    with tempfile.TemporaryDirectory(prefix="countback-import-") as folder, closing(database()) as db:
        yield Working(db, None, Path(folder), progress or _unheard)


def _unheard(words: str, done: float) -> None:
    """Progress that nobody asked for."""


@contextmanager
def _in_transaction(working: Working) -> Iterator[None]:
    """A transaction in which nobody else imports."""
    with transaction.atomic(), connection.cursor() as cursor:
        hold(cursor, IMPORTING)
        working.cursor = cursor
        working.fresh = is_fresh(cursor)
        yield


def _read(working: Working, source: Path, profile: str | None) -> LoadedBooks:
    """The source, checked, before anybody is kept waiting."""
    books = load(
        source, profile=profile, connection=working.db,
        progress=lambda words, done: working.say(words, done * READ),
    )  # fmt: skip
    told.tell(books)
    return books


def _compared(working: Working, source: Path, ends_vanished: bool) -> tuple[TableChange, ...]:
    """The source against the ledger. Raises UnableToImportBooks where they do not go together."""
    working.say("comparing with the ledger", READ)
    problems: list[Problem] = []
    if not working.fresh:
        held.choose(working, ends_vanished=ends_vanished)
        held.read_held(working)
        recorded.read_recorded(working)
        problems += customers.complete(working, ends_vanished=ends_vanished, source=source.name)
    if problems:
        raise UnableToImportBooks(str(source), problems)
    compared.compare(working, ends_vanished=ends_vanished)
    states.lay_out(working)
    beyond = [
        refusal("beyond_ledger", source.name, f"together with the ledger, {what}", _BEYOND)
        for what in judged.beyond(working)
    ]
    gone = [
        refusal("still_named", source.name, _vanished(one), _STILL_NAMED) for one in judged.strays(working)
    ]
    if beyond or gone:
        raise UnableToImportBooks(str(source), beyond + gone)
    return planned(working, ends_vanished=ends_vanished)


_BEYOND = "correct the amounts, or, where the source tells all there is, end what it no longer tells (--end-vanished)"
_STILL_NAMED = "keep it in the source, or tell those rows there without it"


def _vanished(stray: Stray) -> str:
    rows = f"{stray.rows:,} row{'s' * (stray.rows != 1)} of {stray.table}"
    return f"{stray.named} is no longer among the {stray.of}, but {rows} in the ledger name it"


def _write(working: Working, made: Import) -> None:
    with indexed_afterwards(working):
        write_ends(working, made.pk, made.at)
        write_versions(working, made.pk, made.at)
        working.say("writing the journal", WRITTEN)
        write_journal(working, made.pk, made.at)
    analyze(working)
    working.say("noting it in the audit", CHECKED)


def _look_at_it(working: Working) -> None:
    """Has the database look now at what was written, which it else does when the whole transaction ends, and that may
    be the caller's: what it refuses is told here, in words. Under its lock from here on, so it comes last."""
    working.say("checking what was written", LOOKED_AT)
    working.cursor.execute("SET CONSTRAINTS ledger_unchecked_check IMMEDIATE")
    working.cursor.execute("SET CONSTRAINTS ledger_unchecked_check DEFERRED")


@contextmanager
def _told_what_is_refused(source: Path) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        why, remedy = _refusal_of(error)
        problem = refusal("refused_by_ledger", source.name, why, remedy)
        raise UnableToImportBooks(str(source), [problem]) from error


@contextmanager
def _told_what_keeps(import_id: int) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise UnableToUndoImport(f"Import {import_id} was not undone", *_refusal_of(error)) from error


_OF_THE_GUARDS = re.compile(
    r"(?:[^:]*was not \w+|[^:]*were not \w+|[^:]*was refused): (.*); ([^;]*)\.", re.DOTALL
)
"""What did not happen, why, what to do: as `guards` words what the database refuses."""


def _refusal_of(error: IntegrityError) -> tuple[str, str]:
    """Why the database refused what was written, and what to do."""
    told = str(getattr(getattr(error.__cause__, "diag", None), "message_primary", None) or error)
    parts = _OF_THE_GUARDS.fullmatch(told)
    if parts is None:
        return (
            f"the database refused it ({told.rstrip('.')})",
            "report it, with the time: the log has the rest",
        )
    return parts[1], parts[2]


def _note(made: Import, by: Person | None, what: str) -> None:
    """Last, as the audit asks: nobody else writes to it until the transaction ends."""
    record(who=by, what=what, about=("import", str(made.pk)), at=made.at, after=made.summary)


def _moment(at: datetime) -> datetime:
    return moment_of(at, Import.objects.order_by("-at").values_list("at", flat=True).first())


def _undoable(import_id: int) -> Import:
    """The import, where it stands and is none that takes back another."""
    target = Import.objects.filter(pk=import_id).first()
    if target is None:
        raise UnableToUndoImport(
            f"Import {import_id} was not undone", "there is no such import", "choose one of the list"
        )
    if target.undoes_id is not None:
        why = "it is itself the undoing of an import"
        raise UnableToUndoImport(_not_undone(target), why, "to have the books again, import them again")
    if Import.objects.filter(undoes=target).exists():
        raise UnableToUndoImport(_not_undone(target), "it was undone before", "nothing is left to do")
    return target


def _refuse_what_was_built_on(working: Working, target: Import) -> None:
    later = undoing.latest_on_the_same_rows(working, target.pk)
    strays = list(judged.strays(working))
    later = later or max((stray.brought_by for stray in strays), default=None)
    if later is not None:
        other = Import.objects.get(pk=later)
        raise UnableToUndoImport(
            _not_undone(target), f"import {other.pk}, {other.name} of {other.at:%Y-%m-%d %H:%M}, built on it",
            "undo that one first",
        )  # fmt: skip
    for what in judged.beyond(working):
        raise UnableToUndoImport(
            _not_undone(target),
            f"without it, {what}",
            "undo first the later import that brought what is too much",
        )


def _not_undone(target: Import) -> str:
    return f"Import {target.pk}, {target.name}, was not undone"
