"""How a field of the service's answer is read: what is not of the expected type counts as not said.

Each function takes any JSON value and never raises. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .urls import is_web_link

_USABLE = 1e300
"""A number beyond it, such as 10**400, cannot be reckoned with."""


def text(value: Any) -> str:
    """A text; empty when there is none."""
    return value if isinstance(value, str) else ""


def status(value: Any) -> str:
    """A status, one we do not know too; `unknown` when there is none."""
    return text(value) or "unknown"


def link(value: Any) -> str | None:
    """A web link."""
    return value if isinstance(value, str) and is_web_link(value) else None


def links(value: Any) -> list[str | None]:
    """Links by position: what is not a web link becomes None, so that numbers stay right."""
    return [link(item) for item in value] if isinstance(value, list) else []


def seed(value: Any) -> str | None:
    """A seed, which comes as text or as a number."""
    return str(value) if value and isinstance(value, str | int | float) else None


def time(value: Any) -> datetime | None:
    """An aware time; None for the year 1, which the service writes for "not yet"."""
    if isinstance(value, int | float):
        return _from_seconds(value)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(found, datetime) or found.year == 1:
            return None
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        aware.astimezone(UTC)  # one whose offset leads out of the calendar compares with no other
    except (ValueError, OverflowError):
        return None
    return aware


def _from_seconds(value: float) -> datetime | None:
    seconds = number(value)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def whole(value: Any) -> int | None:
    """A whole number; 480.0 is one."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def number(value: Any) -> int | float | None:
    """A number that can be reckoned with."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -_USABLE < value < _USABLE else None


def flag(value: Any) -> bool | None:
    """True or False."""
    return value if isinstance(value, bool) else None


def mapping(value: Any) -> dict[str, Any] | None:
    """A JSON object."""
    return dict(value) if isinstance(value, Mapping) else None


def listed(value: Any) -> list[Any]:
    """A JSON array; empty when there is none."""
    return list(value) if isinstance(value, list) else []


def well_formed(value: Any) -> Any:
    """A JSON value with half characters (lone surrogates), which JSON can hold, replaced by `?`."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {well_formed(str(name)): well_formed(item) for name, item in value.items()}
    return [well_formed(item) for item in value] if isinstance(value, list) else value
