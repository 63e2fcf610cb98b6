"""What a generation of the mirror is made of."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class State:
    """`generation`: its number. `known_through`: everything that the ledger had committed by then is in it. `snapshot`:
    the transactions that it has read, as PostgreSQL writes a snapshot; where the next refresh goes on. `ledger`: which
    database it was read from. `rows`: rows that stand, by table. `files`: the Parquet parts of versions and ends, as
    paths inside the mirror. `bounds`: the first customer of each stretch of derived tables but the first; `seal`: of
    the way in which they were derived."""

    generation: int
    known_through: datetime
    snapshot: str
    ledger: str
    rows: dict[str, int]
    files: tuple[str, ...]
    bounds: tuple[str, ...] = ()
    seal: str = ""

    def parts(self, folder: Path, kind: str) -> list[Path]:
        """The parts in a folder of the mirror such as `versions/invoices` or `ended`."""
        return [folder / file for file in self.files if file.startswith(f"{kind}/")]


def write_state(file: Path, state: State) -> None:
    """Writes it whole: a reader sees the old or the new."""
    content = asdict(state) | {"known_through": state.known_through.isoformat()}
    partial = file.with_name(f".{file.name}.partial")
    with partial.open("w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)


def read_state(file: Path) -> State | None:
    """The state in a file; None where there is none that can be understood."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return State(
            generation=int(content["generation"]),
            known_through=datetime.fromisoformat(content["known_through"]),
            snapshot=str(content["snapshot"]),
            ledger=str(content["ledger"]),
            rows={str(table): int(count) for table, count in content["rows"].items()},
            files=tuple(map(str, content["files"])),
            bounds=tuple(map(str, content["bounds"])),
            seal=str(content.get("seal", "")),  # there was none once
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
