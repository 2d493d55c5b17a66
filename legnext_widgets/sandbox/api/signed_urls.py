"""Signed links to media: a path with its expiry and an HMAC over both."""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGNATURE_BYTES = 20  # as long as the signatures in the service's own links


class SignatureStatus(Enum):
    """Whether a link may be served."""

    VALID = "valid"
    UNSIGNED = "unsigned"
    FORGED = "forged"
    EXPIRED = "expired"


def sign(path: str, expires: int, secret: bytes) -> str:
    """Return the path with `Expires` (unix seconds) and `Signature`."""
    query = {"Expires": expires, "Signature": _signature(path, expires, secret)}
    return f"{path}?{urlencode(query, quote_via=quote)}"


def verify(path: str, query: Mapping[str, str], secret: bytes, now: float) -> SignatureStatus:
    """Check the query of a link.

    Args:
        path: Path of the link.
        query: Its query.
        secret: Of the sandbox.
        now: Unix seconds.
    """
    expires, signature = query.get("Expires", ""), query.get("Signature", "")
    if not expires or not signature:
        return SignatureStatus.UNSIGNED
    if not (expires.isascii() and expires.isdigit() and len(expires) < 16):
        return SignatureStatus.FORGED
    expected = _signature(path, int(expires), secret)
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        return SignatureStatus.FORGED
    return SignatureStatus.VALID if now < int(expires) else SignatureStatus.EXPIRED


def _signature(path: str, expires: int, secret: bytes) -> str:
    digest = hmac.new(secret, f"{path}\n{expires}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest[:_SIGNATURE_BYTES]).decode()
