"""Pictures out of clips: frames, animations, and films of several clips. Needs extra `frames`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .animations import write_gif, write_webp
    from .decoding import VideoInfo, frame_at, frames_of, info_of
    from .needed import require_libraries

__all__ = [
    "VideoInfo",
    "frame_at",
    "frames_of",
    "info_of",
    "require_libraries",
    "write_gif",
    "write_webp",
]

_HOMES = {
    "VideoInfo": "decoding",
    "frame_at": "decoding",
    "frames_of": "decoding",
    "info_of": "decoding",
    "require_libraries": "needed",
    "write_gif": "animations",
    "write_webp": "animations",
}


def __getattr__(name: str) -> object:
    # Loaded when first used: most clients never look into a clip.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
