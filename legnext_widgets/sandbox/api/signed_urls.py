"""Signed links: a path with the moment at which it stops working, and a proof that we wrote it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from enum import Enum
from urllib.parse import quote, urlencode

_PROOF_BYTES = 20  # as long as the signatures in the service's own links


class Verdict(Enum):
    """What is to be thought of a link that somebody asks for."""

    GOOD = "good"
    UNSIGNED = "unsigned"
    FORGED = "forged"
    EXPIRED = "expired"


def signed(path: str, expires: int, secret: bytes) -> str:
    """The path with its `Expires` (unix seconds) and `Signature`."""
    query = urlencode(
        {"Expires": expires, "Signature": _proof(path, expires, secret)}, quote_via=quote
    )
    return f"{path}?{query}"


def judge(path: str, query: Mapping[str, str], secret: bytes, now: float) -> Verdict:
    """Whether a link may be served at `now` (unix seconds)."""
    expires, proof = query.get("Expires", ""), query.get("Signature", "")
    if not expires or not proof:
        return Verdict.UNSIGNED
    if not (expires.isascii() and expires.isdigit() and len(expires) < 16):
        return Verdict.FORGED
    if not hmac.compare_digest(proof.encode(), _proof(path, int(expires), secret).encode()):
        return Verdict.FORGED
    return Verdict.GOOD if now < int(expires) else Verdict.EXPIRED


def _proof(path: str, expires: int, secret: bytes) -> str:
    digest = hmac.new(secret, f"{path}\n{expires}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest[:_PROOF_BYTES]).decode()
