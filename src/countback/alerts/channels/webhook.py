"""To a program of yours, as JSON, signed.

The header `Countback-Signature: t=<seconds since 1970>,v1=<hex>` holds HMAC-SHA256 of `<t>.<body>` under the alert's
secret: who knows the secret can tell that the message is ours, whole, and not an old one.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from countback.alerts.messages import Message
from countback.alerts.posting import post

TITLE = "Webhook"
HELP = "posts JSON, signed, to this https address"
POSTS = True


def send(message: Message, address: str) -> None:
    """Posts the message."""
    body = json.dumps(message.as_json, ensure_ascii=False).encode()
    signature = sign(body, int(message.sent_at.timestamp()), message.secret)
    post(address, body, {"Countback-Signature": signature, "Countback-Delivery": message.id})


def sign(body: bytes, at: int, secret: str) -> str:
    """The value of the signature's header."""
    seal = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={seal.hexdigest()}"
