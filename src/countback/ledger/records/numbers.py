"""Numbers of customers in addresses: any text that books can hold, and back again."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import PathConverter

_AWKWARD = ("", ".", "..")
"""Parts of a path that browsers and servers resolve or merge before we see them."""

_SIGN = "~"


class CustomerNumber(PathConverter):
    """`<customer_number:…>`: like a path, but a part that would not arrive as it was sent has a `~` before it.

    >>> CustomerNumber().to_url("../a//~b"), CustomerNumber().to_python("~../a/~/~~b")
    ('~../a/~/~~b', '../a//~b')
    """

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """The number of an address."""
        return "/".join(part.removeprefix(_SIGN) for part in value.split("/"))

    def to_url(self, value: str) -> str:
        """The address of a number."""
        return "/".join(
            _SIGN + part if part in _AWKWARD or part.startswith(_SIGN) else part for part in value.split("/")
        )


register_converter(CustomerNumber, "customer_number")
CUSTOMER = "<customer_number:customer_id>"
"""Where the number of a customer stands in an address: last, as it may hold anything."""
