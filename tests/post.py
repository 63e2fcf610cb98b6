"""A real mail server for tests: it keeps what arrives."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from countback.accounts.models import Person


@dataclass
class Post:
    """What arrived at the mail server. `reply`: what it says to a mail, once it has it; `refused`: addresses that it
    does not know."""

    host: str
    port: int
    arrived: list[bytes] = field(default_factory=list)
    reply: Callable[[], str] = lambda: "250 taken"
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails, taken apart."""
        return [message_from_bytes(one, policy=policy.default) for one in self.arrived]

    def to(self, person: Person) -> list[EmailMessage]:
        """Those to a person."""
        return [mail for mail in self.mails if mail["To"] == person.email]


@dataclass
class _Clerk:
    """Takes mails for a post office. For each connection the server asks for every property of whom it is handed, so
    that this one has none: taking all mails apart each time would take the longer, the more there are."""

    post: Post

    async def handle_RCPT(  # noqa: N802 -- its name is given
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Knows everybody who is not refused."""
        if address in self.post.refused:
            return self.post.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- its name is given
        """Takes a mail, and says what it was told to."""
        said = self.post.reply()
        if said.startswith("2"):
            self.post.arrived.append(envelope.content)
        return said


@contextmanager
def post_office() -> Iterator[Post]:
    """A mail server of its own, as long as the block lasts."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        post = Post("127.0.0.1", found.getsockname()[1])
    controller = Controller(_Clerk(post), hostname=post.host, port=post.port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
