"""Pipes, files, encodings, signals: the real command in a process of its own."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

from countback.project.conftest import environment

LINE = [sys.executable, "-m", "countback.project.cli"]
DAY = ("--as-of", "2026-03-31")
HEAVY = ("ibis", "duckdb", "pyarrow", "numpy", "sqlglot", "babel", "xlsxwriter")


def test_output_to_a_closed_pipe_is_no_error(books) -> None:
    kpis = subprocess.Popen(
        [*LINE, "kpis", books, *DAY, "--kpi", "dso"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment({}),
    )
    kpis.stdout.close()
    assert kpis.stderr.read() == b""
    kpis.stderr.close()
    assert kpis.wait(300) == 141


def test_a_full_disk_is_said(command, books) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = command("kpis", books, *DAY, "--kpi", "dso", "--format", "json", stdout=full)
    assert ran.returncode == 1
    assert ran.stderr == (
        b"the command was not finished: No space left on device; see that the place exists, may be used and has room, "
        b"and try again.\n"
    )


def test_a_terminal_that_is_not_utf_8(command, books, tmp_path) -> None:
    """Tables lose only what the terminal lacks; JSON and CSV are UTF-8 whatever it speaks. Without a terminal there
    are no colours."""
    text = (books / "customers.csv").read_text("utf-8")
    for file in books.iterdir():
        (tmp_path / file.name).write_text(file.read_text("utf-8"))
    (tmp_path / "customers.csv").write_text(text.replace("South", "Süd–Ω"), "utf-8")
    asked = ("kpis", tmp_path, *DAY, "--kpi", "dso", "--by", "region")
    spoken = {"env": {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}}
    table = command(*asked, **spoken)
    assert table.returncode == 0, table.stderr
    assert "Süd??".encode("latin-1") in table.stdout
    assert b"\x1b" not in table.stdout
    assert "Süd–Ω".encode() in command(*asked, "--format", "csv", **spoken).stdout
    wrong = command("kpis", tmp_path, "--as-of", "Ωmega", env={"PYTHONIOENCODING": "ascii"})
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert b"?mega" in wrong.stderr


def test_a_workbook_goes_through_a_pipe(command, books) -> None:
    ran = command("rows", books, *DAY, "--kpi", "dso", "--format", "xlsx")
    assert ran.stdout.startswith(b"PK")


def on_a_terminal(*arguments: object, **more: str) -> str:
    """What a person would see on a terminal of eighty columns."""
    parent, child = pty.openpty()
    env = environment({"TERM": "xterm-256color", **more})
    running = subprocess.Popen(
        [*LINE, *map(str, arguments)], stdout=child, stderr=child, stdin=child, env=env
    )
    os.close(child)
    seen = b""
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(parent)
    running.wait(60)
    return seen.decode("utf-8", "replace")


def test_colours_on_a_terminal_unless_they_are_not_wanted(books) -> None:
    asked = ("kpis", books, *DAY, "--kpi", "open_receivables")
    assert "\x1b[1m" in on_a_terminal(*asked)
    plain = on_a_terminal(*asked, NO_COLOR="1")
    assert "\x1b[3" not in plain
    assert "500.00" in plain


def test_a_workbook_is_not_thrown_at_a_terminal(books) -> None:
    seen = on_a_terminal("rows", books, *DAY, "--kpi", "dso", "--format", "xlsx")
    assert "a workbook cannot be read on a terminal; add --out FILE.xlsx." in seen.replace("\r\n", "")


def test_ctrl_c_leaves_nothing_behind(tmp_path) -> None:
    running = subprocess.Popen(
        [*LINE, "demo-books", tmp_path / "demo", "--customers", "100000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment({}),
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob(".demo.*/invoices.csv")) and time.monotonic() < deadline:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, said = running.communicate(timeout=120)
    assert (running.returncode, out, said) == (130, b"", b"")
    assert list(tmp_path.iterdir()) == []


NEEDS_NO_ENGINE = (
    ["--help"],
    ["kpis", "--help"],
    ["list"],
    ["--version"],
    ["kpis", "x", "--as-of", "nonsense"],
)


def test_what_needs_no_engine_does_not_wait_for_it() -> None:
    """The package itself is stood in for, so that this holds the command line alone to it."""
    script = (
        "import sys, types; from pathlib import Path\n"
        "package = sys.modules['countback'] = types.ModuleType('countback'); package.__path__ = [sys.argv[1]]\n"
        "from countback.project.cli import run\n"
        f"for line in {NEEDS_NO_ENGINE!r}:\n"
        "    run(line)\n"
        f"    sys.stderr.write(f'\\n{{line}} loaded: ' + ' '.join(set(sys.modules) & {set(HEAVY)!r}) + '\\n')"
    )
    package = str(Path(__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", script, package], capture_output=True, env=environment({}), timeout=120
    )
    said = ran.stderr.decode().splitlines()
    assert [line for line in said if " loaded: " in line] == [f"{line} loaded: " for line in NEEDS_NO_ENGINE]
