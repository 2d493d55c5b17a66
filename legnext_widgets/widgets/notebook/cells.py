"""Find the widget that the same cell made before, so that running it again continues that widget.

Nearly all front ends send the id of the cell that they run. Where none is sent (Notebook 6), a new
widget continues an earlier one when all views of that one are closed, as they are when their cell
runs again, and either the running cell assigns each variable that holds it, or no variable does and
the cell's text is the same.
"""

from __future__ import annotations

import re
import types
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import ipywidgets

from legnext_widgets import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from legnext_widgets.widgets.kernel.protocol.comm_requests import ViewMessage

T = TypeVar("T")

# IPython's own variables: results (_, _3, Out) and sources (_i, _i3, In) of cells.
_RESULTS = re.compile(r"_+|_i*\d*|_[oid]h|In|Out")


class Views:
    """The open views of one widget, which announce when they open and close.

    Attributes:
        on_first: Called when the first view has opened.
    """

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._ever = False
        self.on_first: Callable[[], object] = lambda: None

    def update(self, message: ViewMessage) -> None:
        """Process a message of a view."""
        if message["open"]:
            first, self._ever = not self._ever, True
            self._open.add(message["view"])
            if first:
                self.on_first()
        else:
            self._open.discard(message["view"])

    @property
    def all_closed(self) -> bool:
        """Whether there were views and all are closed.

        A page that vanishes without a message counts as open.
        """
        return self._ever and not self._open


class Run(NamedTuple):
    """One run of a cell.

    Attributes:
        cell: The cell's id in this front end; None where it is not sent.
        number: Which of its runs.
        text: The cell as plain Python.
    """

    cell: object
    number: object
    text: str = ""


class CellRegistry(Generic[T]):
    """Records which run of a cell made which open widget."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Run, object, T, Views]] = {}

    def add(self, widget: object, value: T, views: Views, close: Callable[[], object]) -> None:
        """Record that the running cell made a widget; `discard` it when it is closed.

        Args:
            widget: The widget.
            value: What a later run may take over.
            views: Its views.
            close: Closes it; called when the front end reports that its cell is deleted.
        """
        run = current_run()
        if run is not None:
            self._made[id(widget)] = (run, widget, value, views)
            _when_marimo_disposes(lambda: self._expire(widget), close)

    def discard(self, widget: object) -> None:
        """Forget a widget."""
        self._made.pop(id(widget), None)

    def earlier(self) -> T | None:
        """What the oldest open widget of an earlier run of the running cell was recorded with."""
        now = current_run()
        if now is None:
            return None
        for run, widget, value, views in list(self._made.values()):
            if run == now:
                continue
            if now.cell and run.cell:
                again = now.cell == run.cell
            else:
                again = views.all_closed and continues(widget, run, now, _variables())
            if again:
                return value
        return None

    def _expire(self, widget: object) -> None:
        made = self._made.get(id(widget))
        if made is not None:
            self._made[id(widget)] = (Run(made[0].cell, "earlier"), *made[1:])


def continues(widget: object, made: Run, now: Run, variables: Mapping[str, object]) -> bool:
    """Whether a run takes the place of the one that made a widget, by the text alone. Pure.

    Args:
        widget: The widget.
        made: The run that made it.
        now: The run that is under way.
        variables: The notebook's variables.
    """
    holders = names_holding(widget, variables)
    return holders <= names_assigned(now.text) if holders else made.text == now.text


def names_holding(thing: object, variables: Mapping[str, object]) -> set[str]:
    """The variables that hold a thing: itself, in a collection or box, or as an attribute.

    Args:
        thing: Compared by identity.
        variables: The notebook's variables; IPython's record of results does not count.
    """
    return {
        name
        for name, value in list(variables.items())
        if not _RESULTS.fullmatch(name)
        and (value is thing or any(part is thing for part in _parts(value)))
    }


def names_assigned(source: str) -> set[str]:
    """The variables of the notebook that a cell assigns, by its text in plain Python. Pure."""
    import symtable  # only for front ends that do not name the cell

    try:
        symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    except SyntaxError:
        return set()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned()}


def current_run() -> Run | None:
    """The run of a cell that is under way; None where there are no cells."""
    return _marimo_run() or _ipython_run()


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, ipywidgets.Box):
        return list(value.children)
    if isinstance(value, (type, types.ModuleType, types.FunctionType)):
        return ()
    return list(getattr(value, "__dict__", {}).values())


def _ipython_run() -> Run | None:
    shell = environment.ipython_shell()
    # In JupyterLite only the kernel knows the message that runs.
    source_of_parent = shell if hasattr(shell, "get_parent") else getattr(shell, "kernel", None)
    get_parent = getattr(source_of_parent, "get_parent", None)
    parent = get_parent() if get_parent is not None else None
    if not isinstance(parent, dict) or "header" not in parent:
        return None
    number, metadata = parent["header"].get("msg_id"), parent.get("metadata", {})
    cell = metadata.get("cellId") or metadata.get("colab", {}).get("cell_id")
    source = parent.get("content", {}).get("code")
    return Run(cell, number, shell.transform_cell(source) if isinstance(source, str) else "")


def _variables() -> dict[str, object]:
    return getattr(environment.ipython_shell(), "user_ns", {})


def _marimo_run() -> Run | None:
    context = environment.marimo_context()
    cell = getattr(context, "cell_id", None)
    return Run((id(context), cell), "current") if cell else None


def _when_marimo_disposes(ended: Callable[[], object], deleted: Callable[[], object]) -> None:
    context = environment.marimo_context()
    if context is None:
        return

    class Item:
        def create(self, context: object) -> None: ...

        def dispose(self, context: object, deletion: bool) -> bool:  # noqa: FBT001 - marimo's interface
            del context
            ended()
            if deletion:
                deleted()
            return True

    with suppress(Exception):
        context.cell_lifecycle_registry.add(Item())
