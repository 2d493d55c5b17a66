"""The second output of a widget in a notebook: the reading copy, kept up to date."""

from __future__ import annotations

import mimetypes
import sys
from pathlib import Path
from typing import Any, Protocol

from .reading_copy import LARGEST_POSTER, Poster


class DisplayHandle(Protocol):
    """What IPython gives back for a display that can be updated."""

    def update(self, obj: Any, **kwargs: Any) -> Any:
        """Shows something else in its place."""


def display_in_notebook(html: str) -> DisplayHandle | None:
    """Displays HTML that can be updated later; None where no kernel with a notebook runs."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import HTML, display

    handle: DisplayHandle | None = display(HTML(html), display_id=True)  # type: ignore[no-untyped-call]
    return handle


def update_in_notebook(handle: DisplayHandle, html: str) -> None:
    """Replaces what was displayed; safe from any thread."""
    from IPython.display import HTML

    handle.update(HTML(html))  # type: ignore[no-untyped-call]


def poster_at(path: Path) -> Poster | None:
    """A poster file that is small enough to stand in a notebook; None for any other."""
    try:
        if path.stat().st_size > LARGEST_POSTER:
            return None
        return Poster(mimetypes.guess_type(path.name)[0] or "image/webp", path.read_bytes())
    except OSError:
        return None
