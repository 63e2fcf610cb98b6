"""Pages of the application under eight people at once, and what an import into it costs.

    python bench/pages.py [INVOICES]

Starts `countback serve` on a data folder of its own, imports sound books of that size through the command, signs in and
asks each page in turn from eight threads. Prints seconds of the import, of the first page after it, and per page the
median and the 95th percentile in milliseconds, warm. Then a thousand invoices change, and the overview is asked again
and again until it shows them: seconds from the beginning of that import, and the slowest answer on the way.
"""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import big_books

PEOPLE, ROUNDS = 8, 12
PAGES = ("/", "/kpis/", "/kpis/dso/", "/kpis/overdue_share/", "/ageing/?by=segment", "/customers/")


class Person:
    """A browser without a screen: cookies, and nothing of pages but their text."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def get(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=300) as answer:
            return answer.read().decode()

    def sign_in(self, email: str, password: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("/accounts/login/"))
        fields = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        request = urllib.request.Request(
            self.base + "/accounts/login/", urllib.parse.urlencode(fields).encode(), {"Referer": self.base}
        )
        self.opener.open(request, timeout=60).close()


def serving(data: Path, port: int) -> subprocess.Popen[bytes]:
    """The server, once it is ready."""
    known = {**os.environ, "COUNTBACK_DATA": str(data)}
    command = [sys.executable, "-m", "countback.project.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return server
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not come up")


def import_books(data: Path, source: Path) -> float:
    """Seconds of one import by the command, its mirror included."""
    known = {**os.environ, "COUNTBACK_DATA": str(data)}
    start = time.perf_counter()
    for arguments in (["import", str(source)], ["mirror", "refresh"]):
        subprocess.run([sys.executable, "-m", "countback.project.cli", *arguments], env=known, check=True,
                       capture_output=True)  # fmt: skip
    return time.perf_counter() - start


def asked_by_all(people: list[Person], page: str) -> list[float]:
    """Seconds of each answer, all people asking at once, round after round."""
    taken: list[float] = []

    def ask(person: Person) -> None:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            person.get(page)
            taken.append(time.perf_counter() - start)

    threads = [threading.Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken)


def until_it_shows_them(person: Person, data: Path, changed: Path) -> tuple[float, float]:
    """Seconds until the overview shows what changed, and of its slowest answer meanwhile."""
    before, slowest, start = numbers(person), 0.0, time.perf_counter()
    importing = threading.Thread(target=import_books, args=(data, changed))
    importing.start()
    found = before
    while found == before:
        time.sleep(0.25)
        asked = time.perf_counter()
        found = numbers(person)
        slowest = max(slowest, time.perf_counter() - asked)
    shown = time.perf_counter() - start
    importing.join()
    return shown, slowest


def numbers(person: Person) -> list[str]:
    """What the overview says, without its words."""
    return re.findall(r'<data value="([^"]*)">', person.get("/"))


def main(invoices: int) -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        data, source = Path(name) / "data", Path(name) / "books"
        big_books.write(source, invoices, max(1, invoices // 50))
        server = serving(data, port)
        try:
            print(f"{invoices:,} invoices: import and mirror {import_books(data, source):.1f} s")
            password = (data / "first-sign-in.txt").read_text().strip()
            people = [Person(f"http://127.0.0.1:{port}") for _ in range(PEOPLE)]
            for person in people:
                person.sign_in("admin@countback.localhost", password)
            start = time.perf_counter()
            people[0].get("/")
            print(f"  first page after it: {time.perf_counter() - start:.2f} s")
            for page in PAGES:
                asked_by_all(people, page)  # each worker finds its answers once
                taken = asked_by_all(people, page)
                late = taken[int(len(taken) * 0.95)]
                print(
                    f"  {page:28} median {statistics.median(taken) * 1000:6.0f} ms   p95 {late * 1000:6.0f} ms"
                )
            big_books.change(source, Path(name) / "changed", 1_000, alone=True)
            shown, slowest = until_it_shows_them(people[0], data, Path(name) / "changed")
            print(
                f"  1,000 invoices changed: shown after {shown:.1f} s, slowest answer meanwhile {slowest:.2f} s"
            )
        finally:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
