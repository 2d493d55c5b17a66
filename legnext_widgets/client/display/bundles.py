"""Show jobs and videos in a notebook: a live widget, with static HTML beside it.

The widgets are loaded when a notebook first shows a job: the client itself knows no Jupyter.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from legnext_widgets import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

MimeBundle: TypeAlias = "dict[str, object] | tuple[dict[str, object], dict[str, object]]"
"""What `_repr_mimebundle_` gives: data by MIME type, perhaps with metadata."""

_log = logging.getLogger("legnext_widgets")


def gallery_bundle(items: object) -> MimeBundle:
    """Return the MIME bundle of a gallery of `items`, for objects that show themselves as one."""
    from legnext_widgets.widgets.gallery import VideoGallery

    return cast("MimeBundle", VideoGallery(cast("Any", items))._repr_mimebundle_())


def card_bundle(
    items: Sequence[object], *, text: str, line: str, static: str, more: str = ""
) -> MimeBundle:
    """Return the MIME bundle of jobs and videos.

    Args:
        items: Jobs of a `Client`, or videos of one job. Others are shown as static HTML.
        text: What is shown where there is only text.
        line: Their description as HTML, beside the widget.
        static: All of them as HTML, where there is no widget.
        more: A note below the widget.
    """
    plain: dict[str, object] = {"text/plain": text, "text/html": static}
    if environment.kernel_shell() is None or not items:
        return plain
    try:
        from legnext_widgets.widgets.cards import card_of

        card = card_of(items, more)
    except Exception:
        _log.debug("Jobs are shown without a widget.", exc_info=True)
        return plain
    if card is None:
        return plain
    data, metadata = card
    return {**data, "text/plain": text, "text/html": line}, metadata
