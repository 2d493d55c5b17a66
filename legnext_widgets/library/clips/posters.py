"""Make small stills of clips, so that a gallery need not load every video."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

log = logging.getLogger("legnext_widgets.library")

MAX_BYTES = 8_000
MAX_SIDE = 320
"""Pixels of the longer side."""

SIZES = ((1.0, 62), (1.0, 45), (0.75, 45), (0.75, 30), (0.5, 25))
"""Scale and quality, tried in this order until the picture is small enough."""


def poster_of(clip: Path) -> bytes | None:
    """Make the poster of a clip from its first frame.

    Args:
        clip: A video file.

    Returns:
        A WebP picture of at most 8,000 bytes. None when the file is no video, or when the extra
        `legnext-widgets[sandbox]`, which decodes it, is not installed.
    """
    try:
        import av
        import PIL.Image  # noqa: F401 - an optional extra
    except ImportError:
        return None
    try:
        with av.open(str(clip)) as container:
            frame: Any = next(container.decode(video=0))
            return shrink(frame.to_image())
    except Exception as error:
        # Decoders raise errors of many kinds, and a clip without a poster is still a clip.
        log.debug("No poster for %s.", clip, exc_info=error)
        return None


def shrink(image: Image) -> bytes | None:
    """Shrink a picture until it fits.

    Args:
        image: Of any size.

    Returns:
        The picture as WebP, or None when even the smallest is too large.
    """
    # Without this, `save` loads the plugins of all formats, which takes 30 ms of the first job.
    import PIL.WebPImagePlugin  # noqa: F401

    for scale, quality in SIZES:
        smaller = image.convert("RGB")
        smaller.thumbnail((round(MAX_SIDE * scale),) * 2)
        buffer = io.BytesIO()
        smaller.save(buffer, "WEBP", quality=quality, method=4)
        if buffer.tell() <= MAX_BYTES:
            return buffer.getvalue()
    return None
