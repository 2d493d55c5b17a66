"""Exceptions of the library: what its disk refuses, and jobs that it does not know.

Each is also an error of Python's own kind, so programs for earlier versions catch it as before.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.messages import Message

if TYPE_CHECKING:
    from collections.abc import Iterator


class LibraryError(LegnextError, OSError):
    """The disk or the database of a library refuses something; nothing was changed."""


class UnknownJobError(LegnextError, KeyError):
    """A library does not know a job, or has not kept a clip."""

    def __str__(self) -> str:
        return self.message  # a KeyError would show it in quotes


@contextmanager
def as_library_errors() -> Iterator[None]:
    """Raise errors of the disk and of SQLite as `LibraryError`; also a decorator.

    Raises:
        LibraryError: The disk or the database refuses.
    """
    try:
        yield
    except LegnextError:
        raise
    except (OSError, sqlite3.Error) as error:
        reason = (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(
            "."
        )
        where = getattr(error, "filename", None)
        place = f" ({where})" if where else ""
        raise LibraryError(Message("library_refuses", error=f"{reason}{place}")) from error
