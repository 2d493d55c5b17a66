"""Check what users pass to a library: times, numbers, switches and texts. Pure."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from legnext_widgets.client.api.values.cleaning import clean_flag, clean_number

if TYPE_CHECKING:
    from collections.abc import Iterable


def unix_time(name: str, value: date | None) -> float | None:
    """Return a time as Unix seconds; a date is its first moment in the zone of this machine.

    Args:
        name: Name of the argument.
        value: A `datetime` (without a zone: that of this machine), a `date`, or None.

    Raises:
        TypeError: It is neither.
        ValueError: This system cannot represent it.
    """
    if value is None:
        return None
    if not isinstance(value, date):  # a datetime is one, too
        raise TypeError(f"{name} must be a datetime or a date, not {_kind(value)}")
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    try:
        return moment.timestamp()
    except (OverflowError, OSError, ValueError):
        raise ValueError(f"{name} is outside the range of this system: {value}") from None


def age_limit(name: str, value: timedelta | date | None, now: float) -> float | None:
    """Return the time before which something is too old, as Unix seconds.

    Args:
        name: Name of the argument.
        value: An age, a time, a date, or None.
        now: Unix seconds.

    Raises:
        TypeError, ValueError: As `unix_time`.
    """
    if isinstance(value, timedelta):
        return now - value.total_seconds()
    if value is None or isinstance(value, date):
        return unix_time(name, value)
    raise TypeError(f"{name} must be a timedelta, a datetime or a date, not {_kind(value)}")


def whole_number(name: str, value: object) -> int | None:
    """Return a whole number from 0 on, of any numeric type; None stays None.

    Raises:
        TypeError: It is no number.
        ValueError: It is negative or a fraction.
    """
    number = clean_number(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)  # such as 5e9
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise TypeError(f"{name} must be a whole number from 0 on, or None, not {value!r}")
    if isinstance(number, float) or number < 0:
        raise ValueError(f"{name} must be a whole number from 0 on, or None, not {value!r}")
    return number


def switch(name: str, value: object) -> bool:
    """Return a truth value of any type, such as numpy's.

    Raises:
        TypeError: It is none; the text "no" would count as yes.
    """
    flag = clean_flag(value)
    if not isinstance(flag, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return flag


def words(name: str, value: str | Iterable[str] | None) -> list[str] | None:
    """Return one word or several as a list without repetitions; None stays None.

    Raises:
        TypeError: It is neither.
    """
    if value is None:
        return None
    with suppress(TypeError):  # neither a text nor something to iterate over
        listed = list(dict.fromkeys([value] if isinstance(value, str) else value))
        if all(isinstance(word, str) for word in listed):
            return listed
    raise TypeError(f"{name} must be a text or several, not {value!r}")


def text(name: str, value: object) -> str:
    """Return a text; None is an empty one.

    Raises:
        TypeError: It is none.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a text, not {_kind(value)}")
    return value


def _kind(value: object) -> str:
    return type(value).__name__
