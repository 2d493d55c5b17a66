"""The second output of a widget in a notebook: the reading copy, kept up to date."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Any, Protocol

from legnext_widgets.environment import kernel_shell

from .reading_copy import LARGEST_POSTER, Poster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class DisplayHandle(Protocol):
    """What IPython gives back for a display that can be updated."""

    def update(self, obj: Any, **kwargs: Any) -> Any:
        """Shows something else in its place."""


class CopyBeside:
    """The reading copy of one widget, displayed beside it wherever that is shown.

    All its displays have one name, so that each of them is brought up to date.

    Args:
        name: Names it among all of a notebook.
        make: Makes the copy as HTML.
    """

    def __init__(self, name: str, make: Callable[[], str]) -> None:
        self._name = name
        self._make = make
        self._display: DisplayHandle | None = None
        self._shown = ""

    def show(self) -> None:
        """Displays it in the cell that runs now; nothing where no kernel with a notebook runs."""
        if kernel_shell() is None:
            return
        from IPython.display import HTML, display

        # Displayed anew each time: updates of an earlier display are lost after a page reload.
        self._shown = self._make()
        self._display = display(HTML(self._shown), display_id=self._name)  # type: ignore[no-untyped-call]

    def update(self) -> None:
        """Shows what has changed since; safe from any thread."""
        if self._display is None:
            return
        copy = self._make()
        if copy != self._shown:
            from IPython.display import HTML

            self._shown = copy
            self._display.update(HTML(copy))  # type: ignore[no-untyped-call]


def poster_at(path: Path) -> Poster | None:
    """A poster file that is small enough to stand in a notebook; None for any other."""
    try:
        if path.stat().st_size > LARGEST_POSTER:
            return None
        return Poster(mimetypes.guess_type(path.name)[0] or "image/webp", path.read_bytes())
    except OSError:
        return None
