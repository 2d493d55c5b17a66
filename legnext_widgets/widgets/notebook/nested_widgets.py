"""Notice widgets that are displayed inside of others, such as boxes, tabs and accordions.

IPython asks only the outermost widget how to show itself, so the inner ones never learn of it.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from ipywidgets import Box, Widget

from legnext_widgets.environment import kernel_shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WATCHED: weakref.WeakKeyDictionary[Widget, weakref.WeakMethod[Callable[[], object]]]
_WATCHED = weakref.WeakKeyDictionary()


def on_display_inside(widget: Widget, call: Callable[[], object]) -> None:
    """Call a method whenever a widget is displayed inside of a box.

    Nothing is changed where other code formats boxes.

    Args:
        widget: The widget.
        call: A method, which is held weakly.
    """
    formats = getattr(kernel_shell(), "display_formatter", None)
    if formats is None:
        return
    _WATCHED[widget] = weakref.WeakMethod(call)
    # ipywidgets 7 displays itself, ipywidgets 8 returns what is to be displayed.
    displays_itself = hasattr(Box, "_ipython_display_")
    formatter = (
        formats.ipython_display_formatter if displays_itself else formats.mimebundle_formatter
    )
    if formatter.for_type(Box) is None:
        formatter.for_type(Box, _format_box)


def widgets_within(box: Any) -> Iterator[Widget]:  # noqa: ANN401 - a box of ipywidgets 7 or 8
    """All widgets inside of a box, each once, in their order."""
    seen, left = {id(box)}, list(box.children)
    while left:
        widget = left.pop(0)
        if id(widget) not in seen:
            seen.add(id(widget))
            yield widget
            left[:0] = getattr(widget, "children", ())


def _format_box(box: Any) -> object:  # noqa: ANN401 - a box of ipywidgets 7 or 8
    for widget in widgets_within(box):
        call = _WATCHED[widget]() if widget in _WATCHED else None
        if call is not None:
            call()
    # IPython's own protocol; a closed widget of ipywidgets 7 has none of the two.
    own = getattr(box, "_ipython_display_", None) or getattr(box, "_repr_mimebundle_", None)
    return own() if callable(own) else None
