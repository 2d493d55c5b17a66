"""Show jobs and videos as a live card, where one is the value of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

import ipywidgets

from legnext_widgets.client.handles.jobs import Job, Video

from .gallery import VideoGallery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_OPEN = 50
"""Cards that live at the same time; beyond that the oldest one becomes its static copy."""

Bundle: TypeAlias = "tuple[dict[str, object], dict[str, object]]"

_VIEW = "application/vnd.jupyter.widget-view+json"


class _Card(VideoGallery):
    """A gallery of what one cell shows.

    Args:
        items: Jobs, or videos.
        only: The numbers of the videos that are shown, by job id; all of a job not named there.
    """

    def __init__(self, items: Sequence[Job | Video], only: Mapping[str, set[int]]) -> None:
        self._only = only
        super().__init__(items)

    @property
    def is_replaced(self) -> bool:
        """Whether its cell ran again, or was deleted."""
        return self._views.all_closed


class Cards:
    """The cards that are open.

    Args:
        most: How many at the same time.
    """

    def __init__(self, most: int = MOST_OPEN) -> None:
        self._most = most
        self._open: list[_Card] = []

    def make(self, items: Sequence[Job | Video]) -> VideoGallery:
        """Make a card, and close those that are gone from view or too many."""
        too_many = self._open[: max(0, len(self._open) + 1 - self._most)]
        for card in [one for one in self._open if one.is_replaced or one in too_many]:
            self._open.remove(card)
            card.close()
        card = _Card(items, _only(items))
        self._open.append(card)
        return card


def card_of(items: Sequence[object], more: str = "") -> Bundle | None:
    """Make a live card, and give its part of a MIME bundle, with metadata.

    Its static copy is displayed beside it, for readers without a kernel.

    Args:
        items: What it shows.
        more: A note below it.

    Returns:
        None when an item is not of a `Client` or a library.
    """
    if not all(isinstance(item, Job | Video) for item in items):
        return None
    card = _CARDS.make(cast("Sequence[Job | Video]", items))
    bundle = card._repr_mimebundle_()  # which displays the copy
    # In Colab it says where the widgets' manager is.
    metadata = bundle[1] if isinstance(bundle, tuple) else {}
    shown: ipywidgets.Widget = card
    if more:
        shown = ipywidgets.VBox([card, ipywidgets.Label(more)])
    return {_VIEW: {"version_major": 2, "version_minor": 0, "model_id": shown.model_id}}, metadata


def _only(items: Sequence[Job | Video]) -> dict[str, set[int]]:
    """Find the jobs with only some of their videos shown."""
    whole = {item.id for item in items if isinstance(item, Job)}
    only: dict[str, set[int]] = {}
    for item in items:
        if isinstance(item, Video) and item.job_id not in whole:
            only.setdefault(item.job_id, set()).add(item.index)
    return only


_CARDS = Cards()
