"""What never reaches the journal: keys, signatures and other secrets inside answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from legnext_widgets.client.api.urls import without_query

URL = re.compile(r"(?i)\bhttps?://[^\s\"'<>]+")

SECRET_PARAMETER = re.compile(
    r"(?i)(^|[?&;])(x-(amz|goog|oss|cos)-|[^=&;]*"
    r"(sign|secret|token|passw|credential|policy|key-?pair|api-?key|auth|expires)|sig=|key=)"
)

SECRET_NAMES = frozenset({"secret", "api_key", "apikey", "x-api-key", "authorization", "password"})


def without_secrets(value: Any) -> Any:
    """Copy JSON without what could open something.

    Args:
        value: Any JSON value.

    Returns:
        The same, where each URL with a signature has lost its query, each URL its user and
        password, and each field named as a secret its text.
    """
    if isinstance(value, str):
        return URL.sub(lambda found: redacted_url(found.group()), value)
    if isinstance(value, Mapping):
        return {
            str(name): "" if is_secret(str(name), item) else without_secrets(item)
            for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [without_secrets(item) for item in value]
    return value


def is_secret(name: str, item: object) -> bool:
    """Tell whether a field holds a secret text, by its name."""
    return name.lower() in SECRET_NAMES and isinstance(item, str)


def redacted_url(url: str) -> str:
    """Take the query from a URL that could open something: one that signs, or names a user.

    Args:
        url: An absolute http(s) URL.

    Returns:
        The URL as it was when it holds neither.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return without_query(url)
    signed = SECRET_PARAMETER.search(f"?{parts.query}&{parts.fragment}")
    return without_query(url) if signed or "@" in parts.netloc else url
