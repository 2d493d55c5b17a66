"""Convert JSON fields of the service's answers to typed values.

Each converter takes any JSON value and never raises. What is of an unexpected type counts as
absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from legnext_widgets.client.api.bounded_json import MAX_DEPTH
from legnext_widgets.client.api.urls import is_web_link
from legnext_widgets.client.api.values.cleaning import clean_link

if TYPE_CHECKING:
    from legnext_widgets.client.api.bounded_json import JSON

KNOWN_STATUSES = frozenset({"pending", "staged", "processing", "completed", "failed"})
"""Statuses of a task in the service's documentation. Others may be added."""

_PLAIN_LINK = re.compile(r"https?://[A-Za-z0-9.-]+/[!-~]*")
"""Matches complete web links that need no cleaning."""

_CLIP = re.compile(r"\.(mp4|m4v|mov|webm)([?#]|$)", re.IGNORECASE)

_MAX_WHOLE = 2**53
"""JSON numbers are exact up to here, and every database takes them."""

_MAX_NUMBER = 1e300
"""Arithmetic on larger numbers, such as 10**400, overflows."""


def text(value: object) -> str:
    """Read a text; empty when there is none."""
    return value if isinstance(value, str) else ""


def status(value: object) -> str:
    """Read a status: a documented one in lower case, any other as sent, else `unknown`."""
    sent = text(value)
    known = sent.strip().lower()
    return known if known in KNOWN_STATUSES else sent or "unknown"


def link(value: object) -> str | None:
    """Read a web link, without spaces and line ends around it; also one in an object, as `url`."""
    if type(value) is str and _PLAIN_LINK.fullmatch(value):
        return value  # which is most of them, and needs no cleaning
    found = value.get("url") if isinstance(value, Mapping) else value
    cleaned = clean_link(found) if isinstance(found, str) else None
    return cleaned if isinstance(cleaned, str) and is_web_link(cleaned) else None


def links(value: object) -> list[str | None]:
    """Read links by position. What is not a web link becomes None, so that numbers stay right.

    A link alone is a list of one.
    """
    if isinstance(value, list):
        return [link(item) for item in value]
    alone = link(value)
    return [] if alone is None else [alone]


def clips_in(value: object, depth: int = 4) -> list[str | None]:
    """Find links to clips by their file type, in up to `depth` levels of lists and objects.

    Where an output names its clips otherwise than documented: they are paid for.
    """
    if isinstance(value, Mapping | list | tuple) and depth:
        items = value.values() if isinstance(value, Mapping) else value
        found = (clip for item in items for clip in clips_in(item, depth - 1))
        return list(dict.fromkeys(found))
    url = link(value) if isinstance(value, str) else None
    return [url] if url and _CLIP.search(url) else []


def seed(value: object) -> str | None:
    """Read a seed, which comes as text or as a number."""
    return str(value) if value and isinstance(value, str | int | float) else None


def time(value: object) -> datetime | None:
    """Read an aware time; None for the year 1, which the service writes for "not yet"."""
    if isinstance(value, int | float):
        return _from_seconds(value)
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
        if not isinstance(found, datetime) or found.year == 1:
            return None
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        # An offset that leads out of the calendar could not be compared with any other time.
        aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return aware


def _from_seconds(value: float) -> datetime | None:
    seconds = number(value)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def whole(value: object) -> int | None:
    """Read a whole number below 2**53; the fraction of a number is dropped."""
    found = number(value)
    return int(found) if found is not None and abs(found) < _MAX_WHOLE else None


def code(value: object) -> int | None:
    """Read a code, which is a whole number or a text of digits."""
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,9}\s*", value):
        return int(value)
    return whole(value)


def number(value: object) -> int | float | None:
    """Read a finite number that arithmetic can use."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -_MAX_NUMBER < value < _MAX_NUMBER else None


def flag(value: object) -> bool | None:
    """Read true or false."""
    return value if isinstance(value, bool) else None


def mapping(value: object) -> dict[str, JSON] | None:
    """Read a JSON object."""
    return dict(value) if isinstance(value, Mapping) else None


def listed(value: object) -> list[JSON]:
    """Read a JSON array; empty when there is none."""
    return list(value) if isinstance(value, list) else []


def well_formed_text(value: str) -> str:
    """Replace half characters (lone surrogates), which JSON can hold, by `?`."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def well_formed(value: object, depth: int = MAX_DEPTH) -> JSON:
    """Copy a JSON value with half characters replaced by `?`, cut off below `depth` levels."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return well_formed_text(value)
    if isinstance(value, dict | Mapping):
        if not depth:
            return {}
        return {
            well_formed_text(str(name)): well_formed(item, depth - 1)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [well_formed(item, depth - 1) for item in value] if depth else []
    return cast("JSON", value)
