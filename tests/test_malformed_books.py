"""Good books, spoilt in hundreds of ways: each gives a message, or the same numbers; never a traceback or a hang."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import openpyxl
import pytest

from countback.books.findings import UnableToReadBooks
from countback.books.load import load

GOOD = {
    "customers": "customer_id,name,currency\n001,Abel,EUR\n002,\"Berta, & Co\",EUR\n003,Ümit,EUR\n",
    "invoices": "invoice_id,customer_id,issued_on,due_on,amount\n"
    "I1,001,2024-01-05,2024-02-04,1000.00\nI2,002,2024-01-06,2024-02-05,250.55\nI3,003,2024-02-01,2024-03-02,75.10\n",
    "payments": "payment_id,customer_id,received_on,amount,reference\n"
    'P1,001,2024-02-10,400.00,"first\nhalf"\nP2,002,2024-02-11,250.55,\nP3,001,2024-03-01,600.00,rest\n',
    "allocations": "payment_id,invoice_id,amount\nP1,I1,400.00\nP2,I2,250.55\nP3,I1,600.00\n",
}  # fmt: skip
Files = dict[str, bytes]
Mutation = tuple[str, Callable[[Files], Files]]

FIGURES = """SELECT (SELECT sum(amount) FROM books.invoices), (SELECT sum(amount) FROM books.payments),
    (SELECT sum(amount) FROM books.allocations), (SELECT count(*) FROM books.customers),
    (SELECT string_agg(invoice_id || customer_id || issued_on || due_on || amount || currency, ' ' ORDER BY invoice_id)
     FROM books.invoices),
    (SELECT string_agg(payment_id || invoice_id || applied_on || amount, ' ' ORDER BY payment_id, invoice_id)
     FROM books.allocations)"""


def good() -> Files:
    return {f"{name}.csv": text.encode() for name, text in GOOD.items()}


def on(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda files: files | {name: change(files[name])}


def replaced(name: str, old: str, new: str | bytes) -> Callable[[Files], Files]:
    raw = new.encode() if isinstance(new, str) else new
    return on(name, lambda content: content.replace(old.encode(), raw, 1))


def truncations() -> Iterator[Mutation]:
    """Every file cut off at many places."""
    for name, content in good().items():
        for at in range(0, len(content), max(len(content) // 14, 1)):
            yield f"{name} cut at {at}", on(name, lambda raw, at=at: raw[:at])


def bytes_put_in() -> Iterator[Mutation]:
    """Stray bytes at places drawn with a fixed seed."""
    draw = random.Random(7)
    single = (b"\0", b"\xff", b'"', b"\r", b"\n", b",", b"\x1a", b"\xe9", b";", b"\t")
    for stray in (*single, b"\xc2\xa0", b"\xe2\x80\x8b"):
        for name, content in good().items():
            at = draw.randrange(1, len(content))
            yield (
                f"{stray!r} in {name} at {at}",
                on(name, lambda raw, at=at, stray=stray: raw[:at] + stray + raw[at:]),
            )


def whole_files() -> Iterator[Mutation]:
    """Every file in another encoding, delimiter, kind of line end or shape."""
    changes: dict[str, Callable[[bytes], bytes]] = {
        "utf-16": lambda raw: raw.decode().encode("utf-16"),
        "utf-16 without mark": lambda raw: raw.decode().encode("utf-16-le"),
        "utf-32": lambda raw: raw.decode().encode("utf-32"),
        "cp1252": lambda raw: raw.decode().encode("cp1252"),
        "mark of order": lambda raw: b"\xef\xbb\xbf" + raw,
        "semicolons": lambda raw: raw.replace(b",", b";"),
        "tabs": lambda raw: raw.replace(b",", b"\t"),
        "bars": lambda raw: raw.replace(b",", b"|"),
        "returns": lambda raw: raw.replace(b"\n", b"\r"),
        "returns and newlines": lambda raw: raw.replace(b"\n", b"\r\n"),
        "mixed line ends": lambda raw: raw.replace(b"\n", b"\r\n", 2),
        "no header": lambda raw: raw.partition(b"\n")[2],
        "header only": lambda raw: raw.partition(b"\n")[0] + b"\n",
        "header twice": lambda raw: raw.partition(b"\n")[0] + b"\n" + raw,
        "rows twice": lambda raw: raw + raw.partition(b"\n")[2],
        "reversed columns": lambda raw: b"\n".join(b",".join(line.split(b",")[::-1]) for line in raw.split(b"\n")),
        "swapped header": lambda raw: swapped(raw),
        "first two headers alike": lambda raw: raw.replace(raw.split(b",")[1], raw.split(b",")[0], 1),
        "trailing delimiter": lambda raw: raw.replace(b"\n", b",\n"),
        "trailing delimiter below": lambda raw: raw.replace(b"\n", b",\n").replace(b",\n", b"\n", 1),
        "blank lines": lambda raw: raw.replace(b"\n", b"\n\n"),
        "blanks around": lambda raw: raw.replace(b",", b" , "),
        "all quoted": lambda raw: raw.replace(b",", b'","'),
        "preamble": lambda raw: b"Report\n\n" + raw,
        "capital headers": lambda raw: raw.partition(b"\n")[0].upper() + b"\n" + raw.partition(b"\n")[2],
        "random bytes": lambda raw: random.Random(3).randbytes(5000),
        "html": lambda raw: b"<html><body><table><tr><td>1</td></tr></table></body></html>",
        "json": lambda raw: b'[{"customer_id": "001"}]',
        "long row": lambda raw: raw + b"x" * 1_500_000 + b"\n",
        "many columns": lambda raw: b",".join(b"c%d" % n for n in range(5000)) + b"\n" + raw,
        "ctrl-z": lambda raw: raw + b"\x1a",
    }  # fmt: skip
    for name in good():
        for label, change in changes.items():
            yield f"{name}: {label}", on(name, change)


def swapped(raw: bytes) -> bytes:
    header, _, rest = raw.partition(b"\n")
    names = header.split(b",")
    return b",".join([names[1], names[0], *names[2:]]) + b"\n" + rest


def values() -> Iterator[Mutation]:
    """Dates, amounts and identifiers as they must not be."""
    dates = (
        "2024-02-31",
        "2024-13-01",
        "0000-00-00",
        "05.01.2024",
        "1/5/2024",
        "2024-1-5",
        "99999-01-01",
        "infinity",
        "now",
        "20240105",
        "2024-01-05T00:00:00",
        "45296",
        "-2024-01-05",
        "２０２４-01-05",
        "NULL",
    )
    amounts = ("1e3", "1,000.00", '"1.000,00"', "1 000.00", "€1000", "(1000)", "-1000.00", "1000-", "NaN", "inf",
               "0x3e8", "1_000.00", "9" * 40, "1000.000000001", "1000.001", "", "١٠٠٠", "1000.00.00", "--1", "=1000",
               "one thousand", "1000%")  # fmt: skip
    for date in dates:
        yield f"issued {date}", replaced("invoices.csv", "2024-01-05", date)
        yield f"received {date}", replaced("payments.csv", "2024-02-10", date)
    for amount in amounts:
        yield f"invoice of {amount}", replaced("invoices.csv", "1000.00", amount)
        yield f"allocation of {amount}", replaced("allocations.csv", "400.00", amount)
    for identifier in (
        "",
        "I9",
        "i1",
        "I1 x",
        "x" * 300,
        "I1\0",
        '"I1""',
        "../../etc",
        "'; DROP TABLE x; --",
    ):
        yield f"invoice called {identifier[:20]!r}", replaced("allocations.csv", "I1", identifier)
    for customer in ("1", "", "999", "'001", "001.0"):
        yield f"customer called {customer!r}", replaced("invoices.csv", "001", customer)


def names() -> Iterator[Mutation]:
    """Files under other names, or not there."""
    for name in good():
        yield f"no {name}", lambda files, name=name: {key: raw for key, raw in files.items() if key != name}
        stem = name.removesuffix(".csv")
        for other in (f"{name}.csv", f"{stem}.xlsx", f"{stem}.parquet", f"my {name}", name[1:]):
            yield f"{name} as {other}", renamed(name, other)


def renamed(name: str, other: str) -> Callable[[Files], Files]:
    return lambda files: {(other if key == name else key): raw for key, raw in files.items()}


def as_workbook(content: bytes) -> bytes:
    import csv

    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(content.decode())):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(content: bytes, folder: Path) -> bytes:
    (folder / "one.csv").write_bytes(content)
    duckdb.sql(f"COPY (FROM read_csv('{folder}/one.csv', all_varchar = true)) TO '{folder}/one.parquet'")
    return (folder / "one.parquet").read_bytes()


def damaged(raw: bytes, kind: str) -> Iterator[Mutation]:
    """A file of another kind in place of invoices.csv: whole, cut, with flipped bytes."""
    draw = random.Random(11)

    def instead(content: bytes) -> Callable[[Files], Files]:
        return lambda files: (
            {name: old for name, old in files.items() if name != "invoices.csv"}
            | {f"invoices.{kind}": content}
        )

    yield f"{kind}: sound", instead(raw)
    for part in range(1, 10):
        yield f"{kind}: cut at {part}/10", instead(raw[: len(raw) * part // 10])
    for _ in range(20):
        at = draw.randrange(len(raw))
        flipped = raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]
        yield f"{kind}: byte {at} flipped", instead(flipped)


def in_zip(files: Files, extra: dict[str, bytes] | None = None, *, cut: float = 1.0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in (files | (extra or {})).items():
            archive.writestr(name, raw)
    return out.getvalue()[: int(len(out.getvalue()) * cut)]


def zips() -> Iterator[tuple[str, bytes]]:
    """Zips that are cut off, escape, or explode."""
    yield "sound", in_zip(good())
    for part in range(1, 10):
        yield f"cut at {part}/10", in_zip(good(), cut=part / 10)
    for name in ("../x.csv", "/x.csv", "a/../../x.csv", "C:\\x.csv", "..\\x.csv", "sub/x.csv", "x.zip"):
        yield f"with {name}", in_zip(good(), {name: b"x"})
    yield "bomb", in_zip(good(), {"contacts.csv": b"\n" * (40 << 20)})
    raw = in_zip(good())
    draw = random.Random(13)
    for _ in range(15):
        at = draw.randrange(len(raw))
        yield f"byte {at} flipped", raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]


@cache
def database() -> duckdb.DuckDBPyConnection:
    """One database for all the books: what those before left there must not matter to the next."""
    return duckdb.connect(config={"threads": 1})


def outcome(source: Path) -> tuple[str, ...] | None:
    """The figures of the books; None where they are refused in words, or kept with the word that they may be cut."""
    connection = database()
    try:
        books = load(source, connection=connection)
        if "unended" in {warning.code for warning in books.warnings}:
            return None
        return connection.execute(FIGURES).fetchall()[0]
    except UnableToReadBooks as refused:
        told = [problem for problem in refused.problems if problem.severity == "refused"]
        assert told
        assert all(problem.file and problem.what and problem.remedy and problem.code for problem in told)
        assert all("Traceback" not in str(problem) and len(str(problem)) < 2000 for problem in told)
        return None


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    found = outcome(written(tmp_path_factory.mktemp("good"), good()))
    assert found is not None
    assert found[:4] == (Decimal("1325.65"), Decimal("1250.55"), Decimal("1250.55"), 3)
    return found


def written(folder: Path, files: Files) -> Path:
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    return folder


FAIR = (
    "allocations.csv cut", "payments.csv cut", "no payments.csv", "no allocations.csv", "allocations.csv: header only",
    "payments.csv: header only", "allocations.csv: rows twice",
)  # fmt: skip
"""Books that are whole, though with fewer or more rows: what is left must be a part of the good ones, line by line."""


def fewer(found: tuple[str, ...], figures: tuple[str, ...]) -> bool:
    """Whether invoices are the same and allocations some of the same."""
    return found[4] == figures[4] and set((found[5] or "").split()) <= set(figures[5].split())


def all_mutations() -> list[Mutation]:
    return [*truncations(), *bytes_put_in(), *whole_files(), *values(), *names()]


CHUNKS = 8


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_text_files(tmp_path, figures, chunk):  # checks 46-49
    """A message, or provably the same numbers."""
    wrong = []
    for n, (label, mutation) in enumerate(all_mutations()[chunk::CHUNKS]):
        folder = tmp_path / str(n)
        folder.mkdir()
        found = outcome(written(folder, mutation(good())))
        if found is None or found == figures or (label.startswith(FAIR) and fewer(found, figures)):
            continue
        wrong.append((label, found))
    assert wrong == []


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_workbooks_and_parquet(tmp_path, figures, kind):
    raw = good()["invoices.csv"]
    content = as_workbook(raw) if kind == "xlsx" else as_parquet(raw, tmp_path)
    wrong = []
    for n, (label, mutation) in enumerate(damaged(content, kind)):
        folder = tmp_path / str(n)
        folder.mkdir()
        found = outcome(written(folder, mutation(good())))
        if found not in (None, figures):
            wrong.append((label, found))
    assert wrong == []


def test_zips(tmp_path, figures):
    wrong = []
    for n, (label, raw) in enumerate(zips()):
        source = tmp_path / f"{n}.zip"
        source.write_bytes(raw)
        found = outcome(source)
        if found not in (None, figures):
            wrong.append((label, found))
    assert wrong == []
    assert not (tmp_path.parent / "x.csv").exists()


def test_there_are_enough_of_them():
    sample = b"PK" * 100
    count = len(all_mutations()) + 2 * len(list(damaged(sample, "xlsx"))) + len(list(zips()))
    assert count >= 400
