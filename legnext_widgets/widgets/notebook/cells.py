"""Which cell made a widget, so that running the cell again continues it instead of doubling it.

Nearly all front ends say which cell they run. Where none is said (Notebook 6), a widget is taken
to be continued when all its views said that they are gone, as they do when their cell runs again,
and either the running cell sets each variable that holds it, or none does and the text is the same.
"""

from __future__ import annotations

import weakref
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from legnext_widgets import environment

from .variables import holding, set_by

if TYPE_CHECKING:
    from collections.abc import Callable

W = TypeVar("W")


@dataclass(frozen=True)
class Run:
    """One run of a cell.

    Attributes:
        cell: The cell, whatever it is called in this front end; None where it is not said.
        number: Which of its runs.
        text: What was run, as plain Python.
    """

    cell: object
    number: object
    text: str = ""


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

    def earlier(self, still: Callable[[W], bool], unseen: Callable[[W], bool]) -> W | None:
        """The oldest widget that an earlier run of this cell made and that is still there.

        Args:
            still: Whether a widget is still there.
            unseen: Whether it had views, and all are gone.
        """
        now = current_run()
        if now is None:
            return None
        for widget, run in list(self._made.items()):
            if run == now or not still(widget):
                continue
            if now.cell and run.cell:
                again = now.cell == run.cell
            else:
                again = unseen(widget) and continues(widget, run, now, _variables())
            if again:
                return widget
        return None

    def _end(self, widget: W) -> None:
        run = self._made.get(widget)
        if run is not None:
            self._made[widget] = Run(run.cell, "an earlier one")


def continues(thing: object, made: Run, now: Run, variables: dict[str, object]) -> bool:
    """Whether a run takes the place of the one that made a thing, judged by the text alone. Pure.

    Args:
        thing: What was made.
        made: The run that made it.
        now: The run that is under way.
        variables: The notebook's variables.
    """
    holders = holding(thing, variables)
    return holders <= set_by(now.text) if holders else made.text == now.text


def current_run() -> Run | None:
    """The run of a cell that is under way; None where there are no cells."""
    return _marimo_run() or _ipython_run()


def _ipython_run() -> Run | None:
    shell = environment.ipython_shell()
    # In JupyterLite the kernel alone knows what it was asked.
    asked = shell if hasattr(shell, "get_parent") else getattr(shell, "kernel", None)
    get_parent = getattr(asked, "get_parent", None)
    parent = get_parent() if get_parent is not None else None
    if not isinstance(parent, dict) or "header" not in parent:
        return None
    number, said = parent["header"].get("msg_id"), parent.get("metadata", {})
    cell = said.get("cellId") or said.get("colab", {}).get("cell_id")
    source = parent.get("content", {}).get("code")
    return Run(cell, number, shell.transform_cell(source) if isinstance(source, str) else "")


def _variables() -> dict[str, object]:
    return getattr(environment.ipython_shell(), "user_ns", {})


def _marimo_run() -> Run | None:
    context = environment.marimo_context()
    cell = getattr(context, "cell_id", None)
    return Run((id(context), cell), "the last one") if cell else None


def _when_marimo_lets_go(ended: Callable[[], object], deleted: Callable[[], object]) -> None:
    context = environment.marimo_context()
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
