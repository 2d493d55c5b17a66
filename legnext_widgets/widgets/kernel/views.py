"""Which views of a widget are open, as far as browsers tell."""

from __future__ import annotations

from typing import Any


class Views:
    """Keeps count of the views of one widget: each says when it opens and when it is gone."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._ever = False

    def take(self, content: dict[str, Any]) -> None:
        """Takes what a view says of itself."""
        view = content.get("view")
        if not isinstance(view, str):
            return
        if content.get("open"):
            self._ever = True
            self._open.add(view)
        else:
            self._open.discard(view)

    @property
    def all_gone(self) -> bool:
        """Whether there were views and each said that it is gone.

        False while a first view is on its way; a page that vanishes without a word counts as open.
        """
        return self._ever and not self._open
