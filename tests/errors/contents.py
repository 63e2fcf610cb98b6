"""Files as a case of the gallery gives them: text, or a small table that says how to make the bytes.

"text"
{text = "text", encoding = "cp1252"}
{hex = "00ff"}
{parts = ["text", ["repeated", 1000], "text"]}
{sheet = [["invoice_id"], ["INV-1"]]}                a workbook of one sheet
{parquet = "SELECT 1 AS a"}                          what the query gives
{zip = {"a.csv" = "text", "b.csv" = {link = "a.csv"}, "c.csv" = {encrypted = "text"}, "*.csv" = {copies = 201}}}
"""

from __future__ import annotations

import io
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Content = str | dict[str, Any]


def written(content: Content) -> bytes:
    """The bytes of a file."""
    match content:
        case str():
            return content.encode()
        case {"hex": digits}:
            return bytes.fromhex(digits)
        case {"parts": parts}:
            return "".join(part if isinstance(part, str) else part[0] * part[1] for part in parts).encode()
        case {"sheet": rows}:
            return workbook(rows)
        case {"parquet": query}:
            return parquet(query)
        case {"zip": members}:
            return archive(members)
        case {"text": text, "encoding": encoding}:
            return text.encode(encoding)
    raise ValueError(f"not a file: {content!r}")


def workbook(rows: list[list[Any]]) -> bytes:
    """An XLSX file of one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(query: str) -> bytes:
    """A Parquet file of what the query gives."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        place = Path(folder) / "made.parquet"
        connection.execute(f"COPY ({query}) TO '{place}' (FORMAT parquet)")
        return place.read_bytes()


def archive(members: dict[str, Content]) -> bytes:
    """A zip of these members, whatever they are called; nothing keeps it from being a bad one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in each(members):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            match content:
                case {"link": target}:
                    info.external_attr = (stat.S_IFLNK | 0o777) << 16
                    packed.writestr(info, target)
                case {"encrypted": text}:
                    packed.writestr(info, text)
                    info.flag_bits |= 1
                case _:
                    packed.writestr(info, written(content))
    return out.getvalue()


def each(members: dict[str, Content]) -> Iterator[tuple[str, Content]]:
    """Name and content of every member, copies numbered."""
    for name, content in members.items():
        if isinstance(content, dict) and "copies" in content:
            yield from ((name.replace("*", str(number)), "") for number in range(1, content["copies"] + 1))
        else:
            yield name, content


def shown(name: str, content: Content) -> str:
    """The file in Markdown, for a person to read."""
    match content:
        case "" | {"hex": ""}:
            return f"`{name}` is empty.\n"
        case str() as text:
            return f"`{name}`:\n\n{fenced(text)}"
        case {"text": text, "encoding": encoding}:
            return f"`{name}`, written in {encoding}:\n\n{fenced(text)}"
        case {"parts": parts}:
            said = "".join(
                part if isinstance(part, str) else f"⟨{part[0]!r} {part[1]:,} times⟩" for part in parts
            )
            return f"`{name}`:\n\n{fenced(said)}"
        case {"sheet": rows}:
            lines = (" | ".join("" if cell is None else str(cell) for cell in row) for row in rows)
            return f"`{name}`, a sheet:\n\n{fenced(chr(10).join(lines))}"
        case {"parquet": query}:
            return f"`{name}`, a Parquet file of what this query gives:\n\n{fenced(query)}"
        case {"zip": members}:
            return f"`{name}`, a zip that holds {', '.join(member(*one) for one in members.items())}.\n"
    return f"`{name}`: bytes that are not text.\n"


def member(name: str, content: Content) -> str:
    """One member of a zip, in words."""
    match content:
        case {"link": target}:
            return f"`{name}` (a link to `{target}`)"
        case {"encrypted": _}:
            return f"`{name}` (locked with a password)"
        case {"copies": count}:
            return f"{count:,} files `{name}`"
        case {"parts": _}:
            return f"`{name}` ({len(written(content)):,} bytes)"
    return f"`{name}`"


def fenced(text: str) -> str:
    """A block of code that shows the text as it is."""
    fence = "```" if "```" not in text else "````"
    visible = text.strip().replace("\0", "␀")
    return f"{fence}\n{visible}\n{fence}\n"
