"""Clips with known colours, encoded on the spot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
from av.video.stream import VideoStream

PATCHES = (
    *((235, 30, 30), (30, 200, 60), (40, 60, 220), (240, 220, 40)),
    *((200, 60, 200), (60, 200, 200), (128, 128, 128), (250, 250, 250)),
)
"""The colours of `patches`, from left to right."""

MATRICES = {"601": 6, "709": 1}

Pixels = np.ndarray[Any, Any]

Tags = Literal["all", "matrix alone", "none"]
_TAGS: dict[Tags, tuple[str, ...]] = {
    "all": ("colorspace", "color_primaries", "color_trc"),
    "matrix alone": ("colorspace",),
    "none": (),
}
_WEIGHTS = {"601": (0.299, 0.114), "709": (0.2126, 0.0722)}


def write_clip(
    path: Path,
    frames: list[Pixels],
    *,
    matrix: str = "601",
    tags: Tags = "all",
    rate: int = 24,
    crf: int = 12,
) -> Path:
    """Encode frames (height x width x 3) with a known matrix, which the clip names or not."""
    height, width = frames[0].shape[:2]
    with av.open(str(path), "w") as clip:
        stream = clip.add_stream("libx264", rate=rate, options={"crf": str(crf), "bf": "2"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, rate)
        for tag in _TAGS[tags]:
            setattr(stream.codec_context, tag, MATRICES[matrix])
        converted = {id(rgb): yuv420(rgb, matrix) for rgb in {id(f): f for f in frames}.values()}
        for number, rgb in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(converted[id(rgb)], "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            clip.mux(stream.encode(frame))
        clip.mux(stream.encode())
    return path


def yuv420(rgb: Pixels, matrix: str) -> Pixels:
    red, blue = _WEIGHTS[matrix]
    r, g, b = (rgb[..., channel].astype(float) for channel in range(3))
    bright = red * r + (1 - red - blue) * g + blue * b
    cb = (b - bright) / (2 * (1 - blue)) * 224 / 255 + 128
    cr = (r - bright) / (2 * (1 - red)) * 224 / 255 + 128
    y = np.rint(bright * 219 / 255 + 16)
    height, width = y.shape

    def halved(plane: Pixels) -> Pixels:
        half: Pixels = np.rint(plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)))
        return half

    planes = [part.reshape(-1, width) for part in (y, halved(cb), halved(cr))]
    stacked: Pixels = np.vstack(planes).clip(0, 255).astype(np.uint8)
    return stacked


def patches(width: int, height: int) -> Pixels:
    columns = np.minimum(np.arange(width) * len(PATCHES) // width, len(PATCHES) - 1)
    row = np.array(PATCHES, np.uint8)[columns]
    tiled: Pixels = np.broadcast_to(row, (height, width, 3)).copy()
    return tiled


def counting(count: int, width: int = 320, height: int = 240) -> list[Pixels]:
    """Frames whose brightness says which they are."""
    return [np.full((height, width, 3), 20 + 4 * number, np.uint8) for number in range(count)]


def number_of(rgb: Pixels) -> int:
    return round((float(rgb.mean()) - 20) / 4)
