"""Which cell made a widget, so that running the cell again continues it instead of doubling it."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

W = TypeVar("W")


@dataclass(frozen=True)
class Run:
    """One run of a cell.

    Attributes:
        cell: The cell, whatever it is called in this front end.
        number: Which of its runs.
    """

    cell: object
    number: object


class MadeInCells(Generic[W]):
    """Remembers, without keeping them alive, which widgets which run of a cell made."""

    def __init__(self) -> None:
        self._made: weakref.WeakKeyDictionary[W, Run] = weakref.WeakKeyDictionary()

    def note(self, widget: W, close: Callable[[], object]) -> None:
        """Notes that the cell that runs now made a widget.

        Args:
            widget: The widget.
            close: Ends it; called when the front end says that its cell is gone.
        """
        run = current_run()
        if run is None:
            return
        self._made[widget] = run
        _when_marimo_lets_go(lambda: self._end(widget), close)

    def earlier(self, still: Callable[[W], bool]) -> W | None:
        """The oldest widget that an earlier run of this cell made and that is still there."""
        now = current_run()
        made = list(self._made.items()) if now is not None else []
        of_this_cell = (w for w, run in made if now and run.cell == now.cell and run != now)
        return next(filter(still, of_this_cell), None)

    def _end(self, widget: W) -> None:
        run = self._made.get(widget)
        if run is not None:
            self._made[widget] = Run(run.cell, "an earlier one")


def current_run() -> Run | None:
    """The run of a cell that is under way; None where the front end does not tell the cell."""
    return _marimo_run() or _ipython_run()


def _ipython_run() -> Run | None:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    get_parent = getattr(shell, "get_parent", None)
    parent = get_parent() if get_parent is not None else None
    if not isinstance(parent, dict):
        return None
    cell = parent.get("metadata", {}).get("cellId")
    return Run(cell, parent.get("header", {}).get("msg_id")) if cell else None


def _marimo_run() -> Run | None:
    context = _marimo_context()
    cell = getattr(context, "cell_id", None)
    return Run((id(context), cell), "the last one") if cell else None


def _marimo_context() -> Any:
    # Not a published interface, so whatever of it is missing only means that cells are not told.
    runtime = sys.modules.get("marimo._runtime.context")
    with suppress(Exception):
        return runtime.safe_get_context() if runtime is not None else None
    return None


def _when_marimo_lets_go(ended: Callable[[], object], deleted: Callable[[], object]) -> None:
    context = _marimo_context()
    if context is None:
        return

    class Item:
        def create(self, context: object) -> None: ...

        def dispose(self, context: object, deletion: bool) -> bool:
            del context
            ended()
            if deletion:
                deleted()
            return True

    with suppress(Exception):
        context.cell_lifecycle_registry.add(Item())
