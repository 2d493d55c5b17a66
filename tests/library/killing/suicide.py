"""Ends this process with SIGKILL at a chosen moment of its work on the journal."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import Any

from legnext_widgets.library import Library
from legnext_widgets.library.db.database import Operation

MOMENTS = ("before", "during", "after")
"""Before the transaction, inside it just before it is committed, and just after it is."""

NOTES = ("intend", "accept", "observe", "keep")


def arm(library: Library, at: tuple[str, str, int] | None) -> None:
    """Make a library kill its process.

    Args:
        library: A library of this process.
        at: The kind of note, the moment, and how many such notes are written first; None for a
            process that lives on.
    """
    if at is None:
        return
    note, moment, earlier = at
    write = library._database.write
    seen = 0

    def watched(operations: Sequence[Operation], *, durable: bool) -> list[Any]:
        nonlocal seen
        due = False
        for operation in operations:
            if getattr(operation, "func", operation).__name__.strip("_") == note:
                seen += 1
                due = due or seen == earlier + 1
        if due and moment == "before":
            die()
        if due and moment == "during":
            operations = [*operations, lambda _: die()]
        result = write(operations, durable=durable)
        if due:
            die()
        return result

    library._database.write = watched  # type: ignore[method-assign]


def die() -> None:
    """End at once, as a machine does that loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)
