"""A library that ends its process with SIGKILL at a chosen moment of a write."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from legnext_widgets.library import Library
from legnext_widgets.library.db.connection import Database, Operation
from legnext_widgets.library.db.journal import Journal

MOMENTS = ("before", "during", "after")
"""Before the transaction, inside it just before it is committed, and just after it is."""

WRITES = ("intend", "accept", "observe", "keep_clip")

When = tuple[str, str, int]
"""The kind of write, the moment, and how many such writes succeed first."""


class DeadlyDatabase(Database):
    """A journal that kills its process.

    Args:
        folder: The library's folder.
        when: At which write.
    """

    def __init__(self, folder: Path, when: When) -> None:
        self.kind, self.moment, self.earlier = when
        self.seen = 0
        super().__init__(folder)

    def write(self, operations: Sequence[Operation], *, durable: bool) -> list[object]:
        due = False
        for operation in operations:
            if getattr(operation, "func", operation).__name__.strip("_") == self.kind:
                self.seen += 1
                due = due or self.seen == self.earlier + 1
        if due and self.moment == "before":
            die()
        if due and self.moment == "during":
            operations = [*operations, lambda _: die()]
        result = super().write(operations, durable=durable)
        if due:
            die()
        return result


def library_in(folder: Path, when: When | None) -> Library:
    """Open a library; `when` is None for a process that lives on."""
    if when is None:
        return Library(folder)
    return Library.of(Journal(DeadlyDatabase(folder, when)))


def die() -> None:
    """End at once, as a machine does that loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)
