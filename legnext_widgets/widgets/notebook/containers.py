"""Tells of widgets that are displayed inside of others, such as boxes, tabs and accordions.

IPython asks only the outermost widget how to show itself, so the ones within never hear of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import Box, Widget

from legnext_widgets.environment import kernel_shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def watch_boxes(tell: Callable[[Widget], object]) -> None:
    """Calls `tell` with each widget within a box, whenever that is displayed in a notebook.

    It is asked for once in a process; nothing is changed where another one formats boxes.
    """
    shell = kernel_shell()
    if shell is None:
        return
    # ipywidgets 7 displays itself, ipywidgets 8 gives what is to be displayed.
    old = hasattr(Box, "_ipython_display_")
    formats = getattr(shell, "display_formatter", None)
    if formats is None:
        return
    formatter = formats.ipython_display_formatter if old else formats.mimebundle_formatter
    if formatter.for_type(Box) is not None:
        return

    def show(box: Any) -> Any:
        for widget in within(box):
            tell(widget)
        own = box._ipython_display_ if old else box._repr_mimebundle_
        # A closed widget of ipywidgets 7 has nothing of its own to show.
        return own() if callable(own) else None

    formatter.for_type(Box, show)


def within(box: Any) -> Iterator[Widget]:
    """All widgets inside of a box, each once, in their order."""
    seen, left = {id(box)}, list(box.children)
    while left:
        widget = left.pop(0)
        if id(widget) not in seen:
            seen.add(id(widget))
            yield widget
            left[:0] = getattr(widget, "children", ())
