"""Unpacking a zip of a folder, trusting nothing that it says of itself."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from countback.books import limits
from countback.books.findings import UnableToReadFile, refusal

if TYPE_CHECKING:
    from countback.core.problem import Problem

_BLOCK = 1 << 20
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What the standard library raises for zips that are cut off, altered, or packed in ways it does not know."""


def unpack(archive: Path, workspace: Path) -> Path:
    """The folder with the unpacked files. Raises UnableToReadFile where anything in the zip is not as it should be."""
    target = workspace / "unzipped"
    target.mkdir()
    try:
        with zipfile.ZipFile(archive) as opened:
            problems = [
                problem for member in opened.infolist() for problem in member_problems(archive.name, member)
            ]
            members = [member for member in opened.infolist() if not _ignored(member)]
            problems += _whole_problems(archive.name, members)
            if problems:
                told = problems[: limits.PROBLEMS_PER_FILE]
                raise UnableToReadFile(*told, more=len(problems) - len(told))
            for member in members:
                _extract(opened, member, archive.name, target)
    except DAMAGE as error:
        what = f"is no zip that can be read: {error}"
        raise UnableToReadFile(refusal("broken_zip", archive.name, what, "pack it again")) from error
    return target


def member_problems(file: str, member: zipfile.ZipInfo) -> list[Problem]:
    """Why a member of a zip must not be unpacked."""
    problems: list[Problem] = []
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    if member.filename.startswith(("/", "\\")) or ".." in parts or ":" in member.filename:
        problems.append(_refused("escaping_path", file, member, "its path leads out of the folder"))
    if stat.S_ISLNK(member.external_attr >> 16):
        problems.append(_refused("link_in_zip", file, member, "it is a link to another place"))
    if member.flag_bits & 0x1:
        problems.append(_refused("encrypted", file, member, "it is locked with a password"))
    if member.filename.lower().endswith(".zip"):
        problems.append(_refused("nested_zip", file, member, "it is a zip inside the zip"))
    if (
        member.file_size > limits.ZIP_FREE_BYTES
        and member.file_size > limits.ZIP_RATIO * member.compress_size
    ):
        problems.append(_refused("zip_bomb", file, member, f"it unpacks to {member.file_size:,} bytes"))
    return problems


def _refused(code: str, file: str, member: zipfile.ZipInfo, why: str) -> Problem:
    remedy = "pack the plain files of one folder, without a password"
    return refusal(code, file, f"{member.filename!r} was not unpacked: {why}", remedy)


def _whole_problems(file: str, members: list[zipfile.ZipInfo]) -> list[Problem]:
    problems: list[Problem] = []
    size = sum(member.file_size for member in members)
    if size > limits.UNZIPPED_BYTES:
        what = f"unpacks to {size:,} bytes; at most {limits.UNZIPPED_BYTES:,} are taken"
        problems.append(refusal("zip_bomb", file, what, "unpack it yourself and name the folder"))
    if len(members) > limits.FILES:
        what = f"holds {len(members):,} files; at most {limits.FILES} are read"
        problems.append(refusal("too_many_files", file, what, "pack only the files of the books"))
    folders = {PurePosixPath(member.filename).parent for member in members}
    if len(folders) > 1:
        named = ", ".join(sorted(str(folder) for folder in folders)[:5])
        what = f"holds files in several folders ({named}), so that it is unclear which are the books"
        problems.append(refusal("several_folders", file, what, "pack the files of one folder"))
    names = Counter(PurePosixPath(member.filename).name.lower() for member in members)
    twice = sorted(name for name, count in names.items() if count > 1)
    problems += [
        refusal("duplicate_file", file, f"holds {name} twice", "pack each file once") for name in twice
    ]
    return problems


def _ignored(member: zipfile.ZipInfo) -> bool:
    """Folders, and what systems leave behind."""
    path = PurePosixPath(member.filename)
    return member.is_dir() or "__MACOSX" in path.parts or path.name.startswith(".")


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, file: str, target: Path) -> None:
    """Writes one member, never more than it said it holds: its own header may lie."""
    left = member.file_size
    with opened.open(member) as stream, (target / PurePosixPath(member.filename).name).open("wb") as out:
        while block := stream.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise UnableToReadFile(_refused("zip_bomb", file, member, "it holds more than it says"))
            out.write(block)
