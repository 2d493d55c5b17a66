"""Pictures out of clips: frames, animations, and films of several clips. Needs extra `frames`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legnext_widgets.lazy_names import lazy_names

if TYPE_CHECKING:
    from .animations import write_gif, write_webp
    from .decoding import VideoInfo, frame_at, frames_of, info_of
    from .requirements import require_libraries

__all__ = [
    "VideoInfo",
    "frame_at",
    "frames_of",
    "info_of",
    "require_libraries",
    "write_gif",
    "write_webp",
]

# Most clients never look into a clip.
__getattr__ = lazy_names(
    __name__,
    {
        "animations": ["write_gif", "write_webp"],
        "decoding": ["VideoInfo", "frame_at", "frames_of", "info_of"],
        "requirements": ["require_libraries"],
    },
)
